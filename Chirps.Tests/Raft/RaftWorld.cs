using Chirps.Engine.Membership;
using Chirps.Engine.Time;
using Chirps.Simulation;
using RaftKv.Core;

namespace Chirps.Tests.Raft;

/// <summary>Nodes with replicas of several groups, clients, and faults, in virtual time from one seed.</summary>
internal sealed class RaftWorld
{
    private static readonly TimeSpan _retry = TimeSpan.FromMilliseconds(400);

    private readonly PriorityQueue<(SimulatedNode? Node, Action Run, Func<bool>? If), (long Time, long Order)> _events = new();
    private readonly SimNetwork _network;
    private readonly SeededRandom _chance;
    private readonly RaftFaults _faults;
    private readonly List<string> _trace = [];
    private readonly Configuration _voters;
    private long _order;
    private bool _faulty = true;

    public RaftWorld(ulong seed, int nodes, RaftFaults? faults = null)
    {
        Random = new SeededRandom(seed);
        _chance = Random.Split("world");
        _network = new SimNetwork(Random.Split("network"));
        _faults = faults ?? RaftFaults.Draw(Random.Split("faults"));
        Nodes = [.. Enumerable.Range(0, nodes).Select(number => new SimulatedNode(this, number, MemberId.Parse($"n{number}")))];

        // With changes of membership on, the last node joins later.
        _voters = new Configuration(Nodes.Take(_faults.Changes ? nodes - 1 : nodes).Select(node => node.Id));
        foreach (var node in Nodes)
        {
            node.Start(Groups, _voters.Contains(node.Id) ? _voters : Configuration.None);
        }

        Clients = [.. Enumerable.Range(0, 4).Select(number => new SimulatedClient(this, number, Random.Split($"client {number}")))];
    }

    public static RaftSettings Settings { get; } = new()
    {
        Heartbeat = TimeSpan.FromMilliseconds(100),
        Election = TimeSpan.FromMilliseconds(500),
        SnapshotRetry = TimeSpan.FromSeconds(1),
        AppendBytes = 200,
        InFlight = 4,
    };

    public static IReadOnlyList<ulong> Groups { get; } = [1, 2];

    public SeededRandom Random { get; }

    public RaftChecks Checks { get; } = new();

    public IReadOnlyList<SimulatedNode> Nodes { get; }

    public IReadOnlyList<SimulatedClient> Clients { get; }

    public MeshInstant Now { get; private set; }

    public static TimeSpan Retry => _retry;

    /// <summary>Whether faults are still on.</summary>
    public bool IsFaulty => _faulty;

    /// <summary>The last things that happened.</summary>
    public string Trace => string.Join('\n', _trace.TakeLast(60));

    /// <summary>Runs something later, on a node (not while it is paused) or outside of all.</summary>
    public void At(MeshInstant time, SimulatedNode? node, Action run, Func<bool>? condition = null)
        => _events.Enqueue((node, run, condition), (time.Nanoseconds, _order++));

    public void Send(SimulatedNode from, MemberId to, ulong group, byte[] bytes, byte[]? snapshot)
    {
        var target = Nodes.First(node => node.Id == to);
        Span<TimeSpan> delays = stackalloc TimeSpan[2];
        var copies = _network.Route(from.Number, target.Number, delays);
        for (var copy = 0; copy < copies; copy++)
        {
            var transfer = snapshot is null ? TimeSpan.Zero : TimeSpan.FromMilliseconds(_chance.Next(300));
            At(Now + delays[copy] + transfer, target, () => target.Receive(group, from.Id, bytes, snapshot), () => target.IsUp);
        }
    }

    public TimeSpan SyncTime(SeededRandom random) => TimeSpan.FromMicroseconds(200 + random.Next(_faulty && _faults.SlowDisks ? 60_000 : 2_000));

    /// <summary>Faults for a while; then everything works, and everybody must get there.</summary>
    public void Play(TimeSpan faulty, TimeSpan patience)
    {
        _network.Link = _faults.Link;
        ScheduleFaults();
        RunUntil(() => false, faulty);
        Note("faults end");
        (_faulty, _network.Link) = (false, SimLink.Healthy);
        _network.Heal();
        foreach (var node in Nodes)
        {
            node.PausedUntil = Now;
            if (!node.IsUp)
            {
                node.Start(Groups, _voters.Contains(node.Id) ? _voters : Configuration.None);
            }
        }

        if (!RunUntil(() => Clients.All(client => client.IsDone) && HasOneState(), patience))
        {
            throw new InvariantException($"no agreement {patience.TotalSeconds} s after the last fault: {Describe()}");
        }
    }

    public void Note(string text) => _trace.Add($"{Now} {text}");

    /// <summary>Each group has one leader, and all of its voters have applied what it has.</summary>
    private bool HasOneState() => Groups.All(group =>
    {
        var leader = Nodes.Select(node => node.Replicas[group]).Where(replica => replica.Core.Role == RaftRole.Leader).MaxBy(replica => replica.Core.Term);
        return leader is not null
            && leader.Applied == leader.Core.Last
            && Nodes.Where(node => leader.Core.Configuration.Contains(node.Id)).All(node => node.Replicas[group].Applied == leader.Applied);
    });

    private bool RunUntil(Func<bool> condition, TimeSpan limit)
    {
        var end = Now + limit;
        for (var count = 0; _events.TryPeek(out _, out var next) && next.Time <= end.Nanoseconds; count++)
        {
            var (node, run, only) = _events.Dequeue();
            Now = MeshInstant.Max(Now, new MeshInstant(next.Time));
            if (node is not null && node.PausedUntil > Now)
            {
                At(node.PausedUntil, node, run, only);
            }
            else if (only?.Invoke() != false)
            {
                run();
            }

            if (count % 16 == 0 && condition())
            {
                return true;
            }
        }

        Now = end;
        return condition();
    }

    private void ScheduleFaults()
    {
        Repeat(_faults.Crashes, 900, () =>
        {
            var node = _chance.Pick(Nodes);
            if (node.IsUp)
            {
                Note($"{node.Id} crashes");
                node.Crash();
                At(Now + TimeSpan.FromMilliseconds(50 + _chance.Next(1500)), null, () => Restart(node));
            }
        });
        Repeat(_faults.Pauses, 1100, () =>
        {
            var node = _chance.Pick(Nodes);
            node.PausedUntil = Now + TimeSpan.FromMilliseconds(_chance.Next(1500));
            Note($"{node.Id} pauses until {node.PausedUntil}");
        });
        Repeat(_faults.Partitions, 1300, Partition);
        Repeat(_faults.Changes, 1000, () => ChangeVoters(_chance.Pick(Groups)));
    }

    private void Repeat(bool wanted, int milliseconds, Action fault)
    {
        if (wanted)
        {
            At(Now + TimeSpan.FromMilliseconds(200 + _chance.Next(milliseconds)), null, () =>
            {
                fault();
                Repeat(wanted, milliseconds, fault);
            }, () => _faulty);
        }
    }

    private void Restart(SimulatedNode node)
    {
        if (!node.IsUp)
        {
            Note($"{node.Id} restarts");
            node.Start(Groups, _voters.Contains(node.Id) ? _voters : Configuration.None);
        }
    }

    private void Partition()
    {
        _network.Heal();
        _network.Link = _faults.Link;
        var oneWay = _chance.Next(3) == 0;
        var side = Nodes.Where(_ => _chance.Next(2) == 0).Select(node => node.Number).ToHashSet();
        Note($"cut off: {string.Join(',', side)}{(oneWay ? ", one way" : "")}");
        foreach (var inside in side)
        {
            foreach (var outside in Nodes.Select(node => node.Number).Where(other => !side.Contains(other)))
            {
                _network.Cut(inside, outside);
                if (!oneWay)
                {
                    _network.Cut(outside, inside);
                }
            }
        }
    }

    private void ChangeVoters(ulong group)
    {
        var leader = Nodes.FirstOrDefault(node => node.IsUp && node.Replicas[group].Core.Role == RaftRole.Leader);
        if (leader is null)
        {
            return;
        }

        var present = leader.Replicas[group].Core.Configuration;
        var subject = _chance.Pick(Nodes).Id;
        var next = !present.Contains(subject) ? present.With(subject) : present.Voters.Count > 3 ? present.Without(subject) : present;
        Note($"group {group}: {leader.Id} wants the voters {next}");
        leader.Change(group, next);
    }

    private string Describe() => string.Join("; ", Groups.SelectMany(group => Nodes.Select(node => (group, node))).Select(one =>
        one.node.Replicas[one.group] is var replica
            ? $"{one.group}/{one.node.Id} {replica.Core.Role} t{replica.Core.Term} commit {replica.Core.Commit} last {replica.Core.Last} applied {replica.Applied} of {replica.Core.Configuration}"
            : "")) + $"; clients {string.Join(", ", Clients.Select(client => client.ToString()))}";
}
