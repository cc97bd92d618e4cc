using Chirps.Engine.Membership;
using Chirps.Engine.Time;
using Chirps.Simulation;
using RaftKv.Core;

namespace Chirps.Tests.Raft;

/// <summary>Nodes with replicas of several groups, clients, and faults, in virtual time from one seed.</summary>
internal sealed partial class RaftWorld
{
    /// <summary>More events than this in one part of a run are a storm.</summary>
    private const int EventsMax = 1_000_000;

    private readonly PriorityQueue<(SimulatedNode? Node, Action Run, Func<bool>? If), (long Time, long Order)> _events = new();
    private readonly Dictionary<ulong, SimNetwork> _networks;
    private readonly SeededRandom _chance;
    private readonly List<string> _trace = [];
    private readonly Configuration _voters;
    private long _order;

    public RaftWorld(ulong seed, RaftFaults? faults = null)
    {
        Random = new SeededRandom(seed);
        _chance = Random.Split("world");
        _networks = Groups.ToDictionary(group => group, group => new SimNetwork(Random.Split("network").Split(group)));
        Faults = faults ?? RaftFaults.Draw(Random.Split("faults"));
        Nodes = [.. Enumerable.Range(0, Faults.Nodes).Select(number => new SimulatedNode(this, number, MemberId.Parse($"n{number}")))];
        _voters = new Configuration(Nodes.Take(Faults.Voters).Select(node => node.Id));
        foreach (var node in Nodes)
        {
            Start(node);
        }

        Clients = [.. Enumerable.Range(0, 4).Select(number => new SimulatedClient(this, number, Random.Split($"client {number}")))];
    }

    public static IReadOnlyList<ulong> Groups { get; } = [1, 2];

    public static TimeSpan Retry { get; } = TimeSpan.FromMilliseconds(400);

    public SeededRandom Random { get; }

    public RaftFaults Faults { get; }

    public RaftChecks Checks { get; } = new();

    public IReadOnlyList<SimulatedNode> Nodes { get; }

    public IReadOnlyList<SimulatedClient> Clients { get; }

    public MeshInstant Now { get; private set; }

    /// <summary>Whether faults are still on.</summary>
    public bool IsFaulty { get; private set; } = true;

    /// <summary>The last things that happened.</summary>
    public string Trace => string.Join('\n', _trace.TakeLast(60));

    /// <summary>Runs something later, on a node (not while it is paused) or outside of all.</summary>
    public void At(MeshInstant time, SimulatedNode? node, Action run, Func<bool>? condition = null)
        => _events.Enqueue((node, run, condition), (time.Nanoseconds, _order++));

    /// <summary>Sends a message, which may be lost, late or doubled. A cut takes what is on its way, too. Groups are cut one by one, so that the faults of one do not undo those of another.</summary>
    public void Send(SimulatedNode from, MemberId to, ulong group, Action<SimulatedNode> arrive, Func<bool>? condition = null)
    {
        var target = Nodes.First(node => node.Id == to);
        var sent = Now;
        Span<TimeSpan> delays = stackalloc TimeSpan[2];
        var copies = _networks[group].Route(from.Number, target.Number, delays);
        for (var copy = 0; copy < copies; copy++)
        {
            At(Now + delays[copy] + ExtraDelay(target), target, () => arrive(target), () => target.IsUp
                && !_networks[group].IsCut(from.Number, target.Number)
                && !(sent <= from.LostUpTo)
                && condition?.Invoke() != false);
        }
    }

    /// <summary>Faults for a while; then everything works, and everybody must get there.</summary>
    public void Play(TimeSpan faulty, TimeSpan patience)
    {
        HealAll();
        ScheduleFaults();
        RunUntil(() => false, faulty);
        Note("faults end");
        IsFaulty = false;
        HealAll();
        foreach (var node in Nodes)
        {
            node.PausedUntil = Now;
            Restart(node);
        }

        if (!RunUntil(() => Clients.All(client => client.IsDone) && HasOneState(), patience))
        {
            throw new InvariantException($"no agreement {patience.TotalSeconds} s after the last fault: {Describe()}");
        }
    }

    private void HealAll()
    {
        foreach (var group in Groups)
        {
            Heal(group);
        }
    }

    private void Note(string text) => _trace.Add($"{Now} {text}");

    private void Start(SimulatedNode node) => node.Start(Groups, _voters.Contains(node.Id) ? _voters : Configuration.None);

    private void Restart(SimulatedNode node)
    {
        if (!node.IsUp)
        {
            Note($"{node.Id} restarts");
            Start(node);
        }
    }

    /// <summary>Each group has one leader that votes, and all of its voters have applied what it has.</summary>
    private bool HasOneState() => Groups.All(group =>
    {
        var leader = Nodes.Select(node => node.Replicas[group]).Where(replica => replica.Core.Role == RaftRole.Leader).MaxBy(replica => replica.Core.Term);
        return leader is not null
            && leader.Core.Configuration.Contains(leader.Core.Self)
            && leader.Applied == leader.Core.Last
            && Nodes.Where(node => leader.Core.Configuration.Contains(node.Id)).All(node => node.Replicas[group].Applied == leader.Applied);
    });

    private bool RunUntil(Func<bool> condition, TimeSpan limit)
    {
        var end = Now + limit;
        for (var count = 0; _events.TryPeek(out _, out var next) && next.Time <= end.Nanoseconds; count++)
        {
            var (node, run, only) = _events.Dequeue();
            if (count == EventsMax)
            {
                throw new InvariantException($"{EventsMax} events, and no end: {Describe()}");
            }

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

    private string Describe() => string.Join("; ", Groups.SelectMany(group => Nodes.Select(node => (group, node))).Select(one =>
        one.node.Replicas.GetValueOrDefault(one.group) is { } replica
            ? $"{one.group}/{one.node.Id} {replica.Core.Role} t{replica.Core.Term} commit {replica.Core.Commit} last {replica.Core.Last} applied {replica.Applied} of {replica.Core.Configuration}"
            : "")) + $"; clients {string.Join(", ", Clients.Select(client => client.ToString()))}";
}
