using System.Diagnostics;
using System.Diagnostics.Metrics;
using Chirps.Benchmarks.Loopback;
using Chirps.Engine.Membership;
using Chirps.Node;
using Chirps.Node.Raft;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using RaftKv.Core;
using RaftKv.Kv;
using RaftKv.Node;

namespace Chirps.Benchmarks.Raft;

/// <summary>One of the three processes: a mesh node with the groups on it, that does what its input says.</summary>
internal sealed class RaftBenchNode(MeshNode mesh, RaftTransport transport, string directory, string name, int groups) : IAsyncDisposable
{
    /// <summary>All three.</summary>
    public static readonly string[] Names = ["n0", "n1", "n2"];

    private const int EntryBytes = 1024;
    private const int FillBytes = 64 * 1024;
    private const int FillAtATime = 32;

    private readonly List<(ulong Group, long At)> _heartbeats = [];
    private RaftNode? _node;
    private volatile bool _listens;

    private RaftNode Node => _node ?? throw new InvalidOperationException("The groups have not begun.");

    public static async Task<int> RunAsync(string directory, string name, int groups, string[] seeds)
    {
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        await using var mesh = await MeshNode.StartAsync(BenchSilo.Options(directory, name, seeds), services.GetRequiredService<IMeterFactory>(), NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None);
        await using var transport = new RaftTransport(mesh);
        await using var bench = new RaftBenchNode(mesh, transport, directory, name, groups);
        await ChildProcess.ServeAsync(mesh.Membership.Self.Address.ToString(), bench.AnswerAsync);
        return 0;
    }

    public ValueTask DisposeAsync() => _node?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task<string> AnswerAsync(string line)
    {
        var words = line.Split(' ');
        return words[0] switch
        {
            "members" => await Until(() => mesh.Membership.Count(MemberStatus.Alive) == Names.Length, "yes"),
            "begin" => Begin(),
            "leads-first" => Led().Contains(1) ? "yes" : "no",
            "all-led" => await Until(() => Node.Status.Count == groups && Node.Status.All(status => status.Leader.Length > 0), "yes"),
            "propose" => await ProposeAsync(int.Parse(words[1], null), TimeSpan.FromSeconds(double.Parse(words[2], null))),
            "probe" => await ProbeAsync(words[1]),
            "fill" => await FillAsync(long.Parse(words[1], null)),
            "snapshot" => await SnapshotAsync(),
            "listen" => Listen(),
            "heard" => Heard(),
            "restored" => await Until(() => Node.Status.Any(status => status.Group == 1 && status.Restored > 0 && status.Keys > 0), "yes"),
            "syncs" => $"{Node.LogWork.Syncs} {Node.LogWork.Requests}",
            _ => throw new InvalidOperationException(line),
        };
    }

    private static async Task<string> Until(Func<bool> condition, string answer)
    {
        while (!condition())
        {
            await Task.Delay(1);
        }

        return answer;
    }

    /// <summary>Begins, and asks to lead its share of the groups.</summary>
    private string Begin()
    {
        _node = new RaftNode(transport, new RaftNodeOptions
        {
            DataDirectory = Path.Combine(directory, "raft", name),
            Voters = [.. Names.Select(MemberId.Parse)],
            Groups = groups,
        }, NullLogger.Instance);
        _node.HeartbeatArrived = HeartbeatArrived;
        for (var group = 1; group <= groups; group++)
        {
            if (Names[group % Names.Length] == name)
            {
                _node.Campaign((ulong)group);
            }
        }

        return "yes";
    }

    private List<ulong> Led() => [.. Node.Status.Where(status => status.Role == RaftRole.Leader).Select(status => status.Group)];

    /// <summary>So many proposals at a time in each group that this process leads.</summary>
    /// <returns>Applied proposals, and percentiles of one in microseconds.</returns>
    private async Task<string> ProposeAsync(int atATime, TimeSpan time)
    {
        var watch = Stopwatch.StartNew();
        var runs = await Task.WhenAll(Led().SelectMany(group => Enumerable.Range(0, atATime).Select(worker => Task.Run(() => WorkAsync(group, worker, watch, time)))));
        var ticks = runs.SelectMany(run => run).ToArray();
        var latency = ticks.Length == 0 ? default : Latency.Of(ticks);
        return FormattableString.Invariant($"{ticks.Length / watch.Elapsed.TotalSeconds:F1} {latency.P50:F1} {latency.P99:F1}");
    }

    private async Task<List<long>> WorkAsync(ulong group, int worker, Stopwatch watch, TimeSpan time)
    {
        var (client, value, ticks) = (Guid.NewGuid(), new byte[EntryBytes], new List<long>());
        for (var sequence = 1UL; watch.Elapsed < time; sequence++)
        {
            var start = Stopwatch.GetTimestamp();
            var answer = await Node.ProposeAsync(group, new KvCommand(client, sequence, KvOperation.Put, $"key-{worker}", value).Encode());
            if (answer.Kind == KvAnswerKind.Applied)
            {
                ticks.Add(Stopwatch.GetTimestamp() - start);
            }
            else
            {
                await Task.Delay(1);
            }
        }

        return ticks;
    }

    /// <summary>Until group 1 has another leader than the one that is gone; if it is this node, until it has committed something.</summary>
    private async Task<string> ProbeAsync(string gone)
    {
        while (true)
        {
            var status = Node.Status.First(one => one.Group == 1);
            if (status.Role == RaftRole.Leader && (await Node.ProposeAsync(1, new KvCommand(Guid.NewGuid(), 1, KvOperation.Put, "probe", new byte[1]).Encode())).Kind == KvAnswerKind.Applied)
            {
                return "leads";
            }

            if (status.Role == RaftRole.Follower && status.Leader.Length > 0 && status.Leader != gone)
            {
                return "follows";
            }

            await Task.Delay(1);
        }
    }

    private async Task<string> FillAsync(long bytes)
    {
        if (!Led().Contains(1))
        {
            return "no";
        }

        var next = -1L;
        await Task.WhenAll(Enumerable.Range(0, FillAtATime).Select(_ => Task.Run(async () =>
        {
            var (client, sequence) = (Guid.NewGuid(), 0UL);
            for (var number = Interlocked.Increment(ref next); number * FillBytes < bytes; number = Interlocked.Increment(ref next))
            {
                var command = new KvCommand(client, ++sequence, KvOperation.Put, $"fill-{number}", new byte[FillBytes]).Encode();
                while ((await Node.ProposeAsync(1, command)).Kind != KvAnswerKind.Applied)
                {
                    await Task.Delay(1);
                }
            }
        })));
        return "yes";
    }

    private Task<string> SnapshotAsync()
    {
        var status = Node.Status.First(one => one.Group == 1);
        Node.StoreSnapshot(1);
        return Until(() => Node.Status.First(one => one.Group == 1).Snapshot >= status.Applied, "yes");
    }

    private void HeartbeatArrived(ulong group)
    {
        if (_listens)
        {
            _heartbeats.Add((group, Stopwatch.GetTimestamp()));
        }
    }

    private string Listen()
    {
        _heartbeats.Clear();
        _listens = true;
        return "yes";
    }

    /// <summary>How far the heartbeats of each group were from their period: number, p50 and p99 in microseconds, and the longest pause.</summary>
    private string Heard()
    {
        _listens = false;
        var period = (long)(new RaftSettings().Heartbeat.TotalSeconds * Stopwatch.Frequency);
        var intervals = _heartbeats.GroupBy(one => one.Group).SelectMany(group => group.Zip(group.Skip(1), (first, second) => second.At - first.At)).ToArray();
        if (intervals.Length == 0)
        {
            return "0 0 0 0";
        }

        var latency = Latency.Of([.. intervals.Select(interval => Math.Abs(interval - period))]);
        return FormattableString.Invariant($"{intervals.Length} {latency.P50:F1} {latency.P99:F1} {intervals.Max() * 1e6 / Stopwatch.Frequency:F1}");
    }
}
