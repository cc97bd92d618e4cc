using Chirps.Engine.Wire;

namespace Chirps.Engine.Membership;

/// <summary>What an engine has counted. Written by its owner; others may read single values at any time.</summary>
public sealed class SwimCounters
{
    private readonly long[] _faults = new long[Enum.GetValues<DecodeFault>().Length];

    /// <summary>Pings sent, for helpers' requests too.</summary>
    public long PingsSent { get; internal set; }

    /// <summary>Acknowledgements sent.</summary>
    public long AcksSent { get; internal set; }

    /// <summary>Helpers asked.</summary>
    public long PingRequestsSent { get; internal set; }

    /// <summary>Nacks sent as a helper.</summary>
    public long NacksSent { get; internal set; }

    /// <summary>Probes that ended in a suspicion.</summary>
    public long ProbeFailures { get; internal set; }

    /// <summary>Gossip rounds with something to say.</summary>
    public long GossipRounds { get; internal set; }

    /// <summary>Gossip datagrams sent.</summary>
    public long GossipSent { get; internal set; }

    /// <summary>Anti-entropy datagrams sent.</summary>
    public long AntiEntropySent { get; internal set; }

    /// <summary>Members newly learnt of.</summary>
    public long MergesNew { get; internal set; }

    /// <summary>Facts that changed a member.</summary>
    public long MergesUpdated { get; internal set; }

    /// <summary>Facts that were older than what is known.</summary>
    public long MergesStale { get; internal set; }

    /// <summary>Rumours about this node that it refuted.</summary>
    public long Refutations { get; internal set; }

    /// <summary>Datagrams whose sender was not who its carrier says.</summary>
    public long SpoofedSenders { get; internal set; }

    /// <summary>Datagrams of another cluster.</summary>
    public long WrongCluster { get; internal set; }

    /// <summary>Members refused because the table is full.</summary>
    public long MembersRefused { get; internal set; }

    /// <summary>Facts dropped from the gossip queue.</summary>
    public long GossipDropped { get; internal set; }

    /// <summary>Outgoing datagrams dropped because nobody took them.</summary>
    public long DatagramsDropped { get; internal set; }

    /// <summary>Times the protocol's timer came so late that nobody was accused.</summary>
    public long LateTimers { get; internal set; }

    /// <summary>Datagrams not taken, by reason.</summary>
    public long Faults(DecodeFault fault) => _faults[(int)fault];

    internal void Fault(DecodeFault fault) => _faults[(int)fault]++;
}
