using System.Diagnostics;
using Chirps.Engine.Membership;
using Chirps.Node;

namespace Chirps.Benchmarks.Loopback;

/// <summary>
/// Whole-path figures between two processes on one machine, beside raw UDP and TLS over TCP in the same run. Rounds
/// of all cases take turns; what is printed is the median round and its ratio to the baseline.
/// </summary>
internal static class LoopbackBench
{
    private const string Topic = PeerProcess.Topic;
    private const int Small = 64;
    private const int Message = 256;
    private const int Window = 4096;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    public static async Task<int> RunAsync(bool quick)
    {
        Machine.Print();
        var directory = Path.Combine(Path.GetTempPath(), $"chirps-bench-{Environment.ProcessId}");
        using var peer = await PeerProcess.StartAsync(directory);
        await using var silo = await BenchSilo.StartAsync(directory, "bench", peer.Mesh);
        await silo.Node.Joined;
        while (silo.Node.Membership.Members.Count < 3)
        {
            await Task.Delay(10);
        }

        var target = MemberId.Parse(PeerProcess.NodeName);
        await WarmUp(silo, target);
        await Latencies(silo, peer, target, rounds: quick ? 3 : 7, count: quick ? 2000 : 10_000);
        await Throughputs(silo, peer, target, rounds: quick ? 3 : 5, count: quick ? 200_000 : 1_000_000);
        await LanesBench.RunAsync(silo.Node, target, count: quick ? 1000 : 5000);
        await MembershipBench.RunAsync(directory, runs: quick ? 3 : 10);
        return 0;
    }

    private static async Task WarmUp(BenchSilo silo, MemberId target)
    {
        for (var sent = 0; sent < 20_000; sent++)
        {
            await silo.Node.SendAsync(target, new byte[Small], Profile.Control, Topic);
        }

        for (var sent = 0; sent < 5_000; sent++)
        {
            await silo.Grain.SendTo(new NodeId(PeerProcess.NodeName), new byte[Small], MessageProfile.Control, Topic);
        }
    }

    private static async Task Latencies(BenchSilo silo, PeerProcess peer, MemberId target, int rounds, int count)
    {
        var payload = new byte[Small];
        var grain = silo.Grain;
        var cases = new (string Name, Func<Task<Latency>> Run)[]
        {
            ("raw UDP echo", () => Baselines.UdpRoundTrips(peer.UdpPort, Small, count)),
            ("SslStream echo", () => Baselines.TlsRoundTrips(peer.TlsPort, Small, count)),
            ("Control through IMeshNode", () => Measure(count, async () => Check(await silo.Node.SendAsync(target, payload, Profile.Control, Topic)))),
            ("Control through IMeshGrain", () => Measure(count, async () => await grain.SendTo(new NodeId(PeerProcess.NodeName), payload, MessageProfile.Control, Topic))),
        };
        var results = await Rounds.TakeTurns([.. cases.Select(c => c.Run)], rounds);
        Console.WriteLine();
        Console.WriteLine($"Round trip of {Small} bytes, microseconds; Control: send to acknowledgement by the peer's node ({rounds} rounds of {count})");
        var udp = Latency.Median(results[0]);
        var tls = Latency.Median(results[1]);
        for (var index = 0; index < cases.Length; index++)
        {
            var median = Latency.Median(results[index]);
            Console.WriteLine($"  {cases[index].Name,-28} p50 {median.P50,7:F1}  p99 {median.P99,7:F1}   {median.P50 / udp.P50,5:F2} x UDP  {median.P50 / tls.P50,5:F2} x SslStream");
        }
    }

    private static async Task Throughputs(BenchSilo silo, PeerProcess peer, MemberId target, int rounds, int count)
    {
        var grain = silo.Grain;
        var payload = new byte[Message];
        var cases = new (string Name, Func<Task<Throughput>> Run)[]
        {
            ("raw UDP", () => Task.FromResult(Baselines.UdpSends(peer.UdpPort, Message, count))),
            ("SslStream", () => Baselines.TlsSends(peer.TlsPort, Message, count)),
            ("Control through IMeshNode", () => Pipelined(peer, count, () => silo.Node.SendAsync(target, payload, Profile.Control, Topic), result => Check(result))),
            ("Control through IMeshGrain", () => Pipelined(peer, count / 4, () => new ValueTask<SendReceipt>(grain.SendTo(new NodeId(PeerProcess.NodeName), payload, MessageProfile.Control, Topic)), _ => { })),
            ("  the same to a stream", () => Pipelined(peer, count / 10, () => new ValueTask<SendReceipt>(grain.SendTo(new NodeId(PeerProcess.SiloName), payload, MessageProfile.Control, Topic)), _ => { })),
        };
        var results = await Rounds.TakeTurns([.. cases.Select(c => c.Run)], rounds);
        Console.WriteLine();
        Console.WriteLine($"Messages of {Message} bytes to one peer; Control: each acknowledged, {Window} at a time ({rounds} rounds of {count})");
        var udp = Throughput.Best(results[0]);
        var tls = Throughput.Best(results[1]);
        for (var index = 0; index < cases.Length; index++)
        {
            var median = Throughput.Best(results[index]);
            Console.WriteLine($"  {cases[index].Name,-28} {median.PerSecond / 1000,8:F0} k/s   {median.PerSecond / udp.PerSecond,5:F2} x UDP  {median.PerSecond / tls.PerSecond,5:F2} x SslStream   {median.BytesPerMessage,6:F1} B allocated per message  {median.Note}");
        }
    }

    private static async Task<Latency> Measure(int count, Func<Task> send)
    {
        var ticks = new long[count];
        for (var round = -count / 5; round < count; round++)
        {
            var start = Stopwatch.GetTimestamp();
            await send();
            if (round >= 0)
            {
                ticks[round] = Stopwatch.GetTimestamp() - start;
            }
        }

        return Latency.Of(ticks);
    }

    private static async Task<Throughput> Pipelined<T>(PeerProcess peer, int count, Func<ValueTask<T>> send, Action<T> check)
    {
        var window = new ValueTask<T>[Window];
        var before = await peer.StateAsync();
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var watch = Stopwatch.StartNew();
        for (var sent = 0; sent < count; sent++)
        {
            if (sent >= Window)
            {
                check(await window[sent % Window]);
            }

            window[sent % Window] = send();
        }

        for (var left = 0; left < Window; left++)
        {
            check(await window[(count + left) % Window]);
        }

        var seconds = watch.Elapsed.TotalSeconds;
        var bytes = (GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)count;
        var after = await peer.StateAsync();
        while (after.Received - before.Received < count && watch.Elapsed < _patience)
        {
            // A stream's subscriber has a message a moment after the node has acknowledged it.
            await Task.Delay(1);
            after = await peer.StateAsync();
            seconds = watch.Elapsed.TotalSeconds;
        }

        return after.Received - before.Received == count
            ? new Throughput(count / seconds, bytes, $"{(after.Allocated - before.Allocated) / (double)count:F1} B at the peer")
            : throw new InvalidOperationException($"The peer received {after.Received - before.Received} of {count} messages.");
    }

    private static void Check(SendResult result)
    {
        if (result.Outcome != Outcome.Delivered)
        {
            throw new InvalidOperationException($"A message was not delivered: {result}");
        }
    }
}
