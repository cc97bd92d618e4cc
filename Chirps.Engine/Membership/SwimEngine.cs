using System.Diagnostics.CodeAnalysis;
using System.Text;
using Chirps.Engine.Detection;
using Chirps.Engine.State;
using Chirps.Engine.Time;

namespace Chirps.Engine.Membership;

/// <summary>SWIM membership with Lifeguard as a state machine: inputs and an instant in, datagrams and events out.</summary>
/// <remarks>
/// <para>Das, Gupta, Motivala: "SWIM" (DSN 2002). Dadgar, Phillips, Currey: "Lifeguard" (2017). Rules the papers leave open follow memberlist unless stated.</para>
/// <para>One caller, no threads. After every input take all datagrams, then all events and probe reports, then look at
/// <see cref="NextDeadline"/> and call <see cref="Advance"/> when it comes. Instants must not go back; an earlier one counts as the latest seen.</para>
/// <para>Only its owner can say that a member left. The same news from anybody else makes this node probe that member.</para>
/// </remarks>
public sealed partial class SwimEngine
{
    private readonly SwimSettings _settings;
    private readonly ulong _cluster;
    private readonly SeededRandom _random;
    private readonly MemberTable _members;
    private readonly MemberRecord _self;
    private readonly Tombstones _tombstones;
    private readonly PeerPicker _picker;
    private readonly GossipQueue _gossip;
    private readonly ProbeList _probeList;
    private readonly ProbeCycle _probe;
    private readonly HelpedProbes _helped;
    private readonly LocalHealth _health;
    private readonly Seeds _seeds;
    private readonly LeaveProgress _leave = new();
    private readonly DeadlineTable<SwimDeadline> _deadlines = new();
    private readonly Outbox _outbox;
    private readonly BoundedLog<MembershipChange> _events;
    private readonly BoundedLog<ProbeReport> _reports;
    private readonly SwimCounters _counters = new();
    private readonly IFailureDetector _detector;
    private readonly StateStore _state;
    private readonly DeltaPlan _plan;
    private readonly BoundedLog<OutgoingTransfer> _transfers;
    private readonly BoundedLog<IdentityConflict> _conflicts = new(ConflictsMax);
    private MeshInstant _now;
    private MeshInstant _lastGossip;
    private MeshInstant _lastStateRound;
    private MeshInstant _quietUntil;
    private MeshInstant _lateRound;
    private MemberRecord? _exchangeNext;
    private uint _sequence;
    private uint _heartbeat;
    private ulong _version;
    private int _heartbeatCursor;
    private int _stateRounds;
    private bool _exchanged;

    /// <summary>Creates the engine of one process of one member.</summary>
    /// <param name="settings">Valid settings.</param>
    /// <param name="cluster">The cluster's name; datagrams of another are dropped before anything in them counts.</param>
    /// <param name="self">This member's name.</param>
    /// <param name="generation">Which process of that name; must be higher than any earlier one.</param>
    /// <param name="initial">The incarnation to begin with, usually zero.</param>
    /// <param name="address">Where others can reach this process.</param>
    /// <param name="random">Chance; the engine takes it over.</param>
    /// <param name="now">The present instant.</param>
    /// <exception cref="ArgumentException">A setting breaks a rule, the name is the default value, or the cluster's name is empty.</exception>
    public SwimEngine(
        SwimSettings settings, string cluster, MemberId self, Generation generation, Incarnation initial, MemberAddress address, SeededRandom random, MeshInstant now)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentException.ThrowIfNullOrEmpty(cluster);
        ArgumentNullException.ThrowIfNull(random);
        if (self.IsDefault)
        {
            throw new ArgumentException("The member needs a name.", nameof(self));
        }

        if (settings.Validate() is { Count: > 0 } problems)
        {
            throw new ArgumentException(string.Join(' ', problems.Select(problem => problem.Message)), nameof(settings));
        }

        _settings = settings;
        _cluster = NameHasher.Of(Encoding.UTF8.GetBytes(cluster));
        _random = random.Split("engine");
        _now = now;
        _members = new MemberTable(settings.MembersMax);
        _self = _members.Add(self, new FactKey(generation, initial, MemberStatus.Alive), address, now);
        _tombstones = new Tombstones(settings.TombstonesMax, settings.TombstoneTime);
        _picker = new PeerPicker(_members, random.Split("peers"), settings.GossipToDead);
        _gossip = new GossipQueue(settings.GossipQueueMin);
        _probeList = new ProbeList(random.Split("probe order"));
        _probe = new ProbeCycle(settings.IndirectProbes);
        _helped = new HelpedProbes(settings.HelpedProbesMax);
        _health = new LocalHealth(settings.LocalHealthMax);
        _seeds = new Seeds(settings, random.Split("seeds"));
        _outbox = new Outbox(settings.OutboxMax, settings.DatagramBytesMax);
        _events = new BoundedLog<MembershipChange>(settings.EventsMax);
        _reports = new BoundedLog<ProbeReport>(settings.ProbeReportsMax);
        _detector = settings.Detector == DetectorKind.Phi ? new PhiAccrualDetector(settings) : new SwimDetector(settings);
        _state = new StateStore(settings.State, _self.State);
        _plan = new DeltaPlan(random.Split("delta order"));
        _transfers = new BoundedLog<OutgoingTransfer>(settings.State.TransfersMax);
        _sequence = (uint)_random.NextUInt64();

        // Random first instants keep members that start together from probing in step.
        _lastGossip = now - settings.GossipInterval;
        _lastStateRound = _lastGossip;
        _deadlines.Set(SwimDeadline.StateRound, now + _random.NextDuration(settings.State.Interval));
        _deadlines.Set(SwimDeadline.StateCollection, now + (settings.State.KeyGrace / CollectionsPerGrace));
        _deadlines.Set(SwimDeadline.ProbeRound, now + _random.NextDuration(settings.Period));
        _deadlines.Set(SwimDeadline.AntiEntropy, now + _random.NextDuration(settings.AntiEntropyInterval));
        _deadlines.Set(SwimDeadline.Healing, now + _random.NextDuration(settings.HealInterval));
    }

    /// <summary>This member as it describes itself.</summary>
    public Member Self => _self.ToMember();

    /// <summary>All members, this one included, of any status, in the order they were learnt of. A live view: copy it before the next input.</summary>
    public IReadOnlyCollection<Member> Members => _members;

    /// <summary>Lifeguard's local health: zero is healthy, each step stretches the protocol by one period.</summary>
    public int LocalHealth => _health.Score;

    /// <summary>Whether <see cref="Leave"/> was called.</summary>
    public bool IsLeaving => _leave.HasBegun;

    /// <summary>Whether the leave is acknowledged by enough members, or the time for that is over. The process may end.</summary>
    public bool HasLeft => _leave.HasEnded;

    /// <summary>Whether at least one exchange with a seed succeeded, or there is no seed to join through.</summary>
    public bool IsJoined => _exchanged || _seeds.Count == 0;

    /// <summary>When <see cref="Advance"/> must be called next; <see langword="null"/> when nothing is pending.</summary>
    public MeshInstant? NextDeadline => _deadlines.Next;

    /// <summary>What the engine did so far. One object for the engine's life.</summary>
    public SwimCounters Counters
    {
        get
        {
            _counters.GossipQueueLength = _gossip.Count;
            _counters.OutboxLength = _outbox.Count;
            _counters.EventsLength = _events.Count;
            return _counters;
        }
    }

    /// <summary>The most updates that may wait to be gossiped now.</summary>
    internal int GossipQueueLimit => _gossip.LimitFor(_members.Count);

    /// <summary>Finds a member of any status.</summary>
    /// <param name="id">The name.</param>
    /// <param name="member">The member.</param>
    /// <returns>Whether it is known.</returns>
    public bool TryGetMember(MemberId id, [NotNullWhen(true)] out Member? member)
    {
        member = _members.Find(id)?.ToMember();
        return member is not null;
    }

    /// <summary>The last accusations of a member, or of this node itself, oldest first: who, on what evidence, and how each ended.</summary>
    /// <param name="id">The member.</param>
    /// <returns>The accusations; empty when there were none or the member is unknown.</returns>
    public IReadOnlyList<Accusation> AccusationsOf(MemberId id) => _members.Find(id)?.Accusations?.Entries ?? [];

    /// <summary>The smoothed round trip to a member.</summary>
    /// <param name="id">The member.</param>
    /// <returns>The round trip, or <see langword="null"/> when it never answered a probe of this node.</returns>
    public TimeSpan? RoundTripTo(MemberId id) => _members.Find(id) is { Rtt.IsKnown: true } record ? record.Rtt.Smoothed : null;

    /// <summary>Transport evidence that a member cannot be reached: it is probed at once. Never a verdict.</summary>
    /// <param name="now">The present instant.</param>
    /// <param name="peer">The member; an unknown one is ignored.</param>
    public void Unreachable(MeshInstant now, MemberId peer)
    {
        now = Enter(now);
        if (_members.Find(peer) is { IsPresent: true } record && record != _self)
        {
            Hasten(now, record);
        }
    }

    /// <summary>Runs whatever is due.</summary>
    /// <param name="now">The present instant.</param>
    public void Advance(MeshInstant now)
    {
        now = Enter(now);
        if (_deadlines.TakeIfDue(SwimDeadline.HelpedProbe, now))
        {
            SendNacks(now);
        }

        if (_deadlines.TakeIfDue(SwimDeadline.IndirectProbe, now))
        {
            AskOthers(now);
        }

        if (_deadlines.TakeIfDue(SwimDeadline.ProbeRound, now))
        {
            StartProbeRound(now);
        }

        if (_deadlines.TakeIfDue(SwimDeadline.Suspicion, now))
        {
            ExpireSuspicions(now);
        }

        AdvanceDissemination(now);
    }

    /// <summary>Takes the next datagram to send. Its bytes are valid until the next call on the engine.</summary>
    /// <param name="datagram">The datagram.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryDequeueDatagram(out OutgoingDatagram datagram) => _outbox.TryTake(out datagram);

    /// <summary>Takes the oldest membership change.</summary>
    /// <param name="change">The change.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryDequeueEvent([NotNullWhen(true)] out MembershipChange? change) => _events.TryTake(out change!);

    /// <summary>Takes the oldest probe report.</summary>
    /// <param name="report">The report.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryDequeueProbe(out ProbeReport report) => _reports.TryTake(out report);

    private void AdvanceDissemination(MeshInstant now)
    {
        if (_deadlines.TakeIfDue(SwimDeadline.GossipRound, now))
        {
            Gossip(now);
        }

        if (_deadlines.TakeIfDue(SwimDeadline.AntiEntropy, now))
        {
            ExchangeTables(now);
        }

        if (_deadlines.TakeIfDue(SwimDeadline.StateRound, now))
        {
            CompareStates(now);
        }

        if (_deadlines.TakeIfDue(SwimDeadline.StateCollection, now))
        {
            CollectState(now);
        }

        if (_deadlines.TakeIfDue(SwimDeadline.Healing, now))
        {
            Heal(now);
        }

        if (_deadlines.TakeIfDue(SwimDeadline.Join, now))
        {
            AskSeeds(now);
        }

        if (_deadlines.TakeIfDue(SwimDeadline.LeaveRetry, now))
        {
            AnnounceLeave(now);
        }

        if (_deadlines.TakeIfDue(SwimDeadline.LeaveEnd, now))
        {
            _leave.End();
        }
    }
}
