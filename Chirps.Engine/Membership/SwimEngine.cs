using System.Text;
using Chirps.Engine.Time;
using Chirps.Engine.Wire;

namespace Chirps.Engine.Membership;

/// <summary>
/// SWIM membership (Das, Gupta and Motivala, 2002) with Lifeguard (Dadgar, Phillips and Currey, 2018) as a state machine:
/// inputs and an instant go in, outputs wait until they are taken. One caller at a time; instants never go back.
/// After each input take datagrams, then events, then probe reports, then ask for <see cref="NextDeadline"/>.
/// </summary>
public sealed partial class SwimEngine
{
    private enum Deadline
    {
        ProbeRound,
        IndirectProbe,
        Gossip,
        AntiEntropy,
        Heal,
        Join,
        Leave,
    }

    private readonly SwimSettings _settings;
    private readonly SeededRandom _random;
    private readonly ulong _cluster;
    private readonly byte[] _selfName;
    private readonly ulong _senderId;
    private readonly MemberEntry _self;
    private readonly MemberTable _table = new();
    private readonly MemberViewList _members;
    private readonly ProbeList _probes;
    private readonly GossipQueue _gossip;
    private readonly LocalHealth _health;
    private readonly DeadlineTable<Deadline> _deadlines = new();
    private readonly List<MemberEntry> _suspects = [];
    private readonly List<MemberEntry> _scratch = [];
    private readonly Queue<MembershipChange> _events = new();
    private ulong _version;
    private uint _heartbeat;
    private uint _sequence;

    /// <summary>Starts membership of one node, which knows nobody yet.</summary>
    /// <param name="settings">Valid settings.</param>
    /// <param name="cluster">Name of the cluster; datagrams of another one are dropped.</param>
    /// <param name="self">This node.</param>
    /// <param name="generation">Which start; higher than any before.</param>
    /// <param name="initial">The incarnation to begin with.</param>
    /// <param name="address">Where others reach this node.</param>
    /// <param name="random">The only source of chance.</param>
    /// <param name="now">The present.</param>
    /// <exception cref="ArgumentException">The settings are not valid, or the id is none.</exception>
    public SwimEngine(SwimSettings settings, string cluster, MemberId self, Generation generation, Incarnation initial, MemberAddress address, SeededRandom random, MeshInstant now)
    {
        if (settings.Validate() is { Count: > 0 } problems)
        {
            throw new ArgumentException($"{problems[0].Key}: {problems[0].Message}", nameof(settings));
        }

        if (self.IsDefault)
        {
            throw new ArgumentException("A member needs a name.", nameof(self));
        }

        _settings = settings;
        _random = random;
        _cluster = SwimHeader.HashName(Encoding.UTF8.GetBytes(cluster));
        _selfName = Encoding.ASCII.GetBytes(self.ToString());
        _senderId = SwimHeader.HashName(_selfName);
        _self = new MemberEntry(new Member(self, generation, initial, MemberStatus.Alive, address, now));
        _table.Add(_self);
        _members = new MemberViewList(_table);
        _probes = new ProbeList(random.Split("probe order"));
        _gossip = new GossipQueue(Math.Max(64, settings.MembersMax * 2));
        _health = new LocalHealth(settings.LocalHealthMax);
        _deadlines.Set(Deadline.ProbeRound, now + Scale(settings.Period, random.NextDouble()));
        _deadlines.Set(Deadline.AntiEntropy, now + Scale(settings.AntiEntropyInterval, 0.5 + (random.NextDouble() / 2)));
        _deadlines.Set(Deadline.Heal, now + Scale(settings.HealInterval, 0.5 + (random.NextDouble() / 2)));
    }

    /// <summary>This node as a member.</summary>
    public Member Self => _self.Member;

    /// <summary>All members, this node included, in the order they joined. For the caller's thread only.</summary>
    public IReadOnlyCollection<Member> Members => _members;

    /// <summary>Lifeguard's local health multiplier: 0 is healthy.</summary>
    public int LocalHealth => _health.Multiplier;

    /// <summary>Whether this node has begun to leave.</summary>
    public bool IsLeaving { get; private set; }

    /// <summary>Whether the leave is over: acknowledged by enough members, or its time is up.</summary>
    public bool HasLeft { get; private set; }

    /// <summary>Whether at least one member has sent its table, or there is nobody to ask.</summary>
    public bool IsJoined { get; private set; }

    /// <summary>What has been counted.</summary>
    public SwimCounters Counters { get; } = new();

    /// <summary>When <see cref="Advance"/> is needed next; <see langword="null"/> when nothing is pending.</summary>
    public MeshInstant? NextDeadline
    {
        get
        {
            var next = _deadlines.Next;
            foreach (var suspect in _suspects)
            {
                next = Earlier(next, suspect.Suspicion!.Deadline);
            }

            foreach (var relay in _relays)
            {
                next = Earlier(next, relay.Due);
            }

            return next;
        }
    }

    /// <summary>Looks a member up.</summary>
    public bool TryGetMember(MemberId id, out Member member)
    {
        var entry = _table.Find(id);
        member = entry?.Member!;
        return entry is not null;
    }

    /// <summary>Runs whatever is due.</summary>
    public void Advance(MeshInstant now)
    {
        ReturnLent();
        ForgiveSleep(now);
        ExpireSuspicions(now);
        AnswerForSilentTargets(now);
        if (_deadlines.TakeIfDue(Deadline.IndirectProbe, now))
        {
            AskHelpers(now);
        }

        if (_deadlines.TakeIfDue(Deadline.ProbeRound, now))
        {
            EndProbe(now);
            BeginProbe(now, null);
        }

        if (_deadlines.TakeIfDue(Deadline.Gossip, now))
        {
            GossipRound(now);
        }

        if (_deadlines.TakeIfDue(Deadline.AntiEntropy, now))
        {
            ExchangeTable(now);
        }

        if (_deadlines.TakeIfDue(Deadline.Heal, now))
        {
            Heal(now);
        }

        if (_deadlines.TakeIfDue(Deadline.Join, now))
        {
            AskSeeds(now);
        }

        if (_deadlines.TakeIfDue(Deadline.Leave, now))
        {
            SayGoodbye(now);
        }
    }

    /// <summary>Takes the next change of the membership.</summary>
    public bool TryDequeueEvent(out MembershipChange change) => _events.TryDequeue(out change!);

    private static MeshInstant Earlier(MeshInstant? left, MeshInstant right) => left is { } instant && instant < right ? instant : right;

    private static TimeSpan Scale(TimeSpan duration, double factor) => TimeSpan.FromTicks((long)(duration.Ticks * factor));

    /// <summary>
    /// A loop that slept for periods (a suspended process, a long collection) has missed what others said to it: it
    /// accuses nobody for that time, and doubts itself.
    /// </summary>
    private void ForgiveSleep(MeshInstant now)
    {
        if (_deadlines[Deadline.ProbeRound] is not { } due || now - due <= _settings.Period * 2)
        {
            return;
        }

        Counters.LateTimers++;
        _health.TimerLate();
        _probe.Target = null;
        _deadlines.Stop(Deadline.IndirectProbe);
        foreach (var suspect in _suspects)
        {
            suspect.Suspicion!.Postpone(now - due);
        }
    }

    private void ExpireSuspicions(MeshInstant now)
    {
        for (var index = _suspects.Count - 1; index >= 0; index--)
        {
            var entry = _suspects[index];
            if (entry.Suspicion!.Deadline <= now)
            {
                Change(now, entry, entry.Member.Key with { Rank = MemberStatus.Dead }, entry.Member.Address, entry.Suspicion.Accuser);
            }
        }
    }

    /// <summary>Up to <paramref name="count"/> members at random out of those that meet a condition.</summary>
    private Span<MemberEntry> Pick(int count, Func<SwimEngine, MemberEntry, bool> condition)
    {
        _scratch.Clear();
        foreach (var entry in _table.Entries)
        {
            if (!ReferenceEquals(entry, _self) && condition(this, entry))
            {
                _scratch.Add(entry);
            }
        }

        var picked = Math.Min(count, _scratch.Count);
        for (var index = 0; index < picked; index++)
        {
            var other = index + _random.Next(_scratch.Count - index);
            (_scratch[index], _scratch[other]) = (_scratch[other], _scratch[index]);
        }

        return System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_scratch)[..picked];
    }
}
