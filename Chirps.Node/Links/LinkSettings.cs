namespace Chirps.Node.Links;

/// <summary>What all links of a node share.</summary>
/// <param name="Generation">The generation of this node's process.</param>
/// <param name="DataLanes">Lanes for messages that go by their topic.</param>
/// <param name="Limits">Bounds of queues and messages.</param>
/// <param name="Metrics">Where the links count.</param>
/// <param name="Dial">Sees to it that a link will have a connection.</param>
internal sealed record LinkSettings(ulong Generation, int DataLanes, LimitOptions Limits, MeshMetrics Metrics, Action<PeerLink> Dial)
{
    private long _epochs;

    /// <summary>Epochs only grow within a process, over all its links: one that is made anew for a peer continues the count.</summary>
    public ulong NextEpoch() => (ulong)Interlocked.Increment(ref _epochs);
}
