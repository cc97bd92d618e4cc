using System.Diagnostics;
using Chirps.Engine.Membership;
using Chirps.Node;

namespace Chirps.Benchmarks.Loopback;

/// <summary>How long a small urgent Control message takes while a bulk lane is as full as it gets.</summary>
internal static class LanesBench
{
    private const int Urgent = 0;
    private const int Bulk = 1;
    private const int Small = 64;
    private const int Large = 1 << 20;
    private const int LargeAtATime = 8;
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);

    public static async Task RunAsync(MeshNode node, MemberId target, int count)
    {
        var idle = await Measure(node, target, count);
        using var stop = new CancellationTokenSource();
        long sent = 0;
        var watch = Stopwatch.StartNew();
        var bulk = Enumerable.Range(0, LargeAtATime).Select(_ => Task.Run(async () =>
        {
            var payload = new byte[Large];
            while (!stop.IsCancellationRequested)
            {
                await Send(node, target, payload, Bulk);
                Interlocked.Add(ref sent, Large);
            }
        })).ToArray();
        var beside = await Measure(node, target, count);
        var rate = Interlocked.Read(ref sent) / watch.Elapsed.TotalSeconds / 1e6;
        await stop.CancelAsync();
        await Task.WhenAll(bulk);
        Console.WriteLine();
        Console.WriteLine($"Round trip of {Small} bytes of Control on the urgent lane, microseconds; beside {LargeAtATime} transfers of 1 MiB at a time on the bulk lane");
        Console.WriteLine($"  alone                        p50 {idle.P50,7:F1}  p99 {idle.P99,7:F1}");
        Console.WriteLine($"  beside {rate,5:F0} MB/s            p50 {beside.P50,7:F1}  p99 {beside.P99,7:F1}   {beside.P50 / idle.P50,5:F2} x alone");
    }

    private static async Task<Latency> Measure(MeshNode node, MemberId target, int count)
    {
        var payload = new byte[Small];
        var ticks = new long[count];
        for (var round = 0; round < count; round++)
        {
            var start = Stopwatch.GetTimestamp();
            await Send(node, target, payload, Urgent);
            ticks[round] = Stopwatch.GetTimestamp() - start;
        }

        return Latency.Of(ticks);
    }

    private static async ValueTask Send(MeshNode node, MemberId target, byte[] payload, int lane)
    {
        var result = await node.SendAsync(target, payload, Profile.Control, PeerProcess.Topic, new SendSettings(_patience, Lane: lane));
        if (result.Outcome != Outcome.Delivered)
        {
            throw new InvalidOperationException($"A message was not delivered: {result}");
        }
    }
}
