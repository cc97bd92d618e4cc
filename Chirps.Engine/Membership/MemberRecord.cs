using Chirps.Engine.Detection;
using Chirps.Engine.State;
using Chirps.Engine.Time;
using Chirps.Engine.Wire;

namespace Chirps.Engine.Membership;

/// <summary>What the engine keeps of one member, itself included. Mutable; owned by <see cref="MemberTable"/>.</summary>
internal sealed class MemberRecord
{
    private Member? _snapshot;

    /// <summary>Creates the record of a member just learnt of.</summary>
    public MemberRecord(MemberId id, FactKey key, MemberAddress address, MeshInstant now)
    {
        Id = id;
        NameUtf8 = id.ToUtf8();
        Key = key;
        Address = address;
        Since = now;
        State = new NodeState(id, NameUtf8, key.Generation);
    }

    /// <summary>The name.</summary>
    public MemberId Id { get; }

    /// <summary>The name as it travels.</summary>
    public byte[] NameUtf8 { get; }

    /// <summary>The newest fact.</summary>
    public FactKey Key { get; private set; }

    /// <summary>The status of the newest fact.</summary>
    public MemberStatus Status => Key.Rank;

    /// <summary>Whether it counts as a member: alive or suspect.</summary>
    public bool IsPresent => Key.Rank <= MemberStatus.Suspect;

    /// <summary>Where it says it can be reached.</summary>
    public MemberAddress Address { get; private set; }

    /// <summary>When the status began.</summary>
    public MeshInstant Since { get; private set; }

    /// <summary>When it last answered a probe of this node.</summary>
    public MeshInstant? LastAck { get; set; }

    /// <summary>The running suspicion, exactly while the status is Suspect.</summary>
    public Suspicion? Suspicion { get; set; }

    /// <summary>The round trip to it.</summary>
    public RttEstimate Rtt { get; set; }

    /// <summary>When it was heard of.</summary>
    public HeartbeatHistory Heartbeats { get; } = new();

    /// <summary>The credential its process proved; zero before it did.</summary>
    public ulong CredentialHash { get; set; }

    /// <summary>When a conflict about its identity was last raised.</summary>
    public MeshInstant? LastConflict { get; set; }

    /// <summary>The last accusations; none before the first.</summary>
    public AccusationLog? Accusations { get; set; }

    /// <summary>Who accuses, as far as the fact says; travels with it.</summary>
    public MemberRecord? Accuser { get; set; }

    /// <summary>When a stale fact about it, or from it, was last answered.</summary>
    public MeshInstant? LastAnswer { get; set; }

    /// <summary>When key-values were last handed out for a stream to it.</summary>
    public MeshInstant? LastTransfer { get; set; }

    /// <summary>Its key-values as held here.</summary>
    public NodeState State { get; }

    /// <summary>Whether an update about it waits in the gossip queue.</summary>
    public bool IsQueued { get; set; }

    /// <summary>How often the queued update has been sent.</summary>
    public int Transmissions { get; set; }

    /// <summary>When the update was queued, as a running number.</summary>
    public ulong QueueOrder { get; set; }

    /// <summary>Bytes the fact takes in a datagram.</summary>
    public int FactBytes => WireFact.FixedBytes + NameUtf8.Length + AccuserUtf8.Length;

    private ReadOnlySpan<byte> AccuserUtf8 =>
        Accuser is not null && Status is (MemberStatus.Suspect or MemberStatus.Dead) ? Accuser.NameUtf8 : default;

    /// <summary>The newest fact, as it travels.</summary>
    public WireFact ToFact() => new() { Name = NameUtf8, Key = Key, Address = Address, Accuser = AccuserUtf8 };

    /// <summary>Replaces the newest fact.</summary>
    public void Change(FactKey key, MemberAddress address, MeshInstant now)
    {
        if (key.Rank != Key.Rank || key.Generation != Key.Generation)
        {
            Since = now;
        }

        Key = key;
        Address = address;
        _snapshot = null;
    }

    /// <summary>The record as an immutable value, made once per change.</summary>
    public Member ToMember() => _snapshot ??= new Member(Id, Key.Generation, Key.Incarnation, Key.Rank, Address, Since);
}
