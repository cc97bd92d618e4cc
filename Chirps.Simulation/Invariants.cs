using Chirps.Engine.Membership;

namespace Chirps.Simulation;

/// <summary>Rules that hold after every step of every run, whatever the faults.</summary>
/// <param name="settings">The settings of all nodes.</param>
public sealed class Invariants(SwimSettings settings)
{
    private const int FullCheckEvery = 64;

    private readonly Dictionary<MemberId, FactKey> _ownWord = [];

    /// <summary>Whether no live node may be declared dead: set while no fault is active that could justify it.</summary>
    public bool NoFalseDeaths { get; set; }

    /// <summary>Deaths of running processes declared by some node, counted per node that reported one.</summary>
    public int FalseDeaths { get; private set; }

    /// <summary>Checks one change a node reported, in the order of reporting.</summary>
    /// <param name="world">The world.</param>
    /// <param name="node">The node.</param>
    /// <param name="change">The change.</param>
    public void CheckChange(SimWorld world, SimNode node, MembershipChange change)
    {
        ArgumentNullException.ThrowIfNull(world);
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(change);
        var history = node.History;
        Require(change.Version == history.Version + 1, node, $"change {change.Version} follows {history.Version}");
        history.Version = change.Version;
        var known = history.Keys.TryGetValue(change.Member.Id, out var before);
        Require(!known || before < change.Member.Key, node, $"a change of {change.Member.Id} without a newer fact: {before} then {change.Member.Key}");
        history.Keys[change.Member.Id] = change.Member.Key;
        if (change is { Kind: MembershipChangeKind.StatusChanged, NewStatus: MemberStatus.Dead } && world.IsRunning(change.Member.Id, change.Member.Generation))
        {
            FalseDeaths++;
            Require(!NoFalseDeaths, node, $"{change.Member.Id} runs and was declared dead, accused by {change.Accuser}");
        }
    }

    /// <summary>Checks a node after a step.</summary>
    /// <param name="node">The node.</param>
    public void CheckNode(SimNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        var engine = node.Engine;
        var counters = engine.Counters;
        _ownWord[node.Id] = engine.Self.Key;
        var gossipMax = Math.Max(settings.GossipQueueMin, 2 * settings.MembersMax);
        Require(counters.GossipQueueLength <= Math.Min(gossipMax, Math.Max(settings.GossipQueueMin, 2 * engine.Members.Count)), node, "the gossip queue outgrew its limit");
        Require(counters.OutboxLength <= 2 * settings.OutboxMax, node, "the outbox outgrew its limit");
        Require(counters.EventsLength <= settings.EventsMax, node, "the events outgrew their limit");
        Require(engine.StateBytes <= settings.State.TotalBytesMax, node, "the shared state outgrew its limit");
        Require(engine.Members.Count <= settings.MembersMax, node, "the table outgrew its limit");
        Require(engine.LocalHealth >= 0 && engine.LocalHealth < settings.LocalHealthMax, node, "local health left its range");

        // The table only changes with these counts; a full check now and then does not trust them. Seldom enough to cost as much as the steps themselves.
        var changes = counters.MergesApplied + counters.Reaped + counters.Refutations;
        var history = node.History;
        if (changes != history.CheckedAt || ++history.StepsSinceCheck >= Math.Max(FullCheckEvery, 4 * engine.Members.Count))
        {
            history.CheckedAt = changes;
            history.StepsSinceCheck = 0;
            CheckTable(node);
        }
    }

    private void CheckTable(SimNode node)
    {
        var keys = node.History.Keys;
        foreach (var member in node.Engine.Members)
        {
            var key = member.Key;
            if (keys.TryGetValue(member.Id, out var before))
            {
                Require(key >= before, node, $"the fact about {member.Id} went back from {before} to {key}");
            }

            keys[member.Id] = key;
            if (_ownWord.TryGetValue(member.Id, out var own))
            {
                Require(
                    (key.Generation, key.Incarnation).CompareTo((own.Generation, own.Incarnation)) <= 0,
                    node,
                    $"{member.Id} is held at {key} but itself is at {own} only");
            }
        }
    }

    private static void Require(bool holds, SimNode node, string message)
    {
        if (!holds)
        {
            throw new InvariantException($"{node.Id}: {message}");
        }
    }
}
