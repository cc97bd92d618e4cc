using Chirps.Engine.Wire;

namespace Chirps.Engine.Membership;

/// <summary>What an engine did since it was created. Counts only grow; lengths are of this moment. Read by the owner only.</summary>
public sealed class SwimCounters
{
    /// <summary>Codes of kinds, the unused code 0 among them.</summary>
    private const int Kinds = (int)MessageKind.Heartbeats + 1;

    private readonly long[] _faults = new long[Enum.GetValues<DecodeFault>().Length];
    private readonly long[] _drops = new long[Enum.GetValues<DropReason>().Length];
    private readonly long[] _sent = new long[Kinds];
    private readonly long[] _sentBytes = new long[Kinds];
    private readonly long[] _received = new long[Kinds];
    private readonly long[] _receivedBytes = new long[Kinds];

    internal SwimCounters()
    {
    }

    /// <summary>Pings sent, for own probes and for others.</summary>
    public long PingsSent { get; internal set; }

    /// <summary>Acks sent, own and relayed.</summary>
    public long AcksSent { get; internal set; }

    /// <summary>Requests to probe sent to others.</summary>
    public long PingRequestsSent { get; internal set; }

    /// <summary>Nacks sent.</summary>
    public long NacksSent { get; internal set; }

    /// <summary>Answers sent to pings meant for somebody else.</summary>
    public long WrongIdentitiesSent { get; internal set; }

    /// <summary>Datagrams put out, of any kind.</summary>
    public long DatagramsSent { get; private set; }

    /// <summary>Bytes of those datagrams, without the carrier's own.</summary>
    public long BytesSent { get; private set; }

    /// <summary>Datagrams understood, of any kind.</summary>
    public long DatagramsReceived { get; private set; }

    /// <summary>Probes answered in time.</summary>
    public long ProbesSucceeded { get; internal set; }

    /// <summary>Probes not answered in time.</summary>
    public long ProbesFailed { get; internal set; }

    /// <summary>Gossip rounds that had something to tell.</summary>
    public long GossipRounds { get; internal set; }

    /// <summary>Comparisons of tables begun.</summary>
    public long AntiEntropyRounds { get; internal set; }

    /// <summary>Summaries of other tables that differed from this node's.</summary>
    public long AntiEntropyDifferences { get; internal set; }

    /// <summary>Datagrams sent to members held dead, or to seeds, to find the other side of a partition.</summary>
    public long HealingAttempts { get; internal set; }

    /// <summary>Join requests sent.</summary>
    public long JoinsSent { get; internal set; }

    /// <summary>Facts that were newer and were taken over.</summary>
    public long MergesApplied { get; internal set; }

    /// <summary>Members that were not known before.</summary>
    public long MergesNew { get; internal set; }

    /// <summary>Facts that were known or older.</summary>
    public long MergesStale { get; internal set; }

    /// <summary>Suspicions of another accuser that shortened a running suspicion.</summary>
    public long Confirmations { get; internal set; }

    /// <summary>Suspicions of unknown members, ignored, and deaths of unknown members, remembered.</summary>
    public long MergesUnknown { get; internal set; }

    /// <summary>Rumours about this node it refuted.</summary>
    public long Refutations { get; internal set; }

    /// <summary>Facts about this node's own name that another process of that name must have made.</summary>
    public long IdentityConflicts { get; internal set; }

    /// <summary>Members this node declared dead because their suspicion expired here.</summary>
    public long DeathsDeclared { get; internal set; }

    /// <summary>Stale facts answered with the newer one.</summary>
    public long StaleAnswers { get; internal set; }

    /// <summary>Times the shell reported that its process was slow.</summary>
    public long RuntimePressures { get; internal set; }

    /// <summary>Probes without a verdict, because the process itself was slow meanwhile.</summary>
    public long VerdictsWithheld { get; internal set; }

    /// <summary>Times the protocol timer came more than a period late.</summary>
    public long LateTimers { get; internal set; }

    /// <summary>Dead and left members forgotten.</summary>
    public long Reaped { get; internal set; }

    /// <summary>Datagrams of key-values sent.</summary>
    public long StateDeltasSent { get; internal set; }

    /// <summary>Runs of another node's key-values that were newer and were taken over.</summary>
    public long StateDeltasApplied { get; internal set; }

    /// <summary>Transfers handed out for a stream.</summary>
    public long Transfers { get; internal set; }

    /// <summary>Updates waiting to be gossiped.</summary>
    public int GossipQueueLength { get; internal set; }

    /// <summary>Datagrams waiting to be taken.</summary>
    public int OutboxLength { get; internal set; }

    /// <summary>Events waiting to be taken.</summary>
    public int EventsLength { get; internal set; }

    /// <summary>Datagrams refused for one reason.</summary>
    /// <param name="fault">The reason.</param>
    /// <returns>How many.</returns>
    public long Rejected(DecodeFault fault) => _faults[(int)fault];

    /// <summary>Inputs and outputs discarded for one reason.</summary>
    /// <param name="reason">The reason.</param>
    /// <returns>How many.</returns>
    public long Dropped(DropReason reason) => _drops[(int)reason];

    /// <summary>Datagrams of one kind put out.</summary>
    public long Sent(MessageKind kind) => _sent[(int)kind];

    /// <summary>Bytes of the datagrams of one kind put out.</summary>
    public long SentBytes(MessageKind kind) => _sentBytes[(int)kind];

    /// <summary>Datagrams of one kind understood.</summary>
    public long Received(MessageKind kind) => _received[(int)kind];

    /// <summary>Bytes of the datagrams of one kind understood.</summary>
    public long ReceivedBytes(MessageKind kind) => _receivedBytes[(int)kind];

    internal void Send(MessageKind kind, int bytes)
    {
        DatagramsSent++;
        BytesSent += bytes;
        _sent[(int)kind]++;
        _sentBytes[(int)kind] += bytes;
    }

    internal void Receive(MessageKind kind, int bytes)
    {
        DatagramsReceived++;
        _received[(int)kind]++;
        _receivedBytes[(int)kind] += bytes;
    }

    internal void Reject(DecodeFault fault) => _faults[(int)fault]++;

    internal void Drop(DropReason reason, int count = 1) => _drops[(int)reason] += count;
}
