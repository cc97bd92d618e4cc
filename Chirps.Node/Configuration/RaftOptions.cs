namespace Chirps.Node;

/// <summary>Section <c>Chirps:Raft</c>: how messages of consensus groups travel.</summary>
public sealed class RaftOptions
{
    /// <summary>Bytes that one write to a peer carries at most: messages of all groups that wait for the peer share a write.</summary>
    /// <remarks>A message longer than this takes a write of its own. Never more than <see cref="LimitOptions.ControlBytes"/>.</remarks>
    /// <value>1 MiB.</value>
    [Between(1024, 1 << 28)]
    public int BatchBytes { get; set; } = 1024 * 1024;

    /// <summary>Writes to one peer, of each class, that may wait for the peer's acknowledgement.</summary>
    /// <remarks>While so many are under way, further messages gather into the next write. Fewer gather more, and wait longer.</remarks>
    /// <value>4; 1 to 64.</value>
    [Between(1, 64)]
    public int WritesUnderWay { get; set; } = 4;

    /// <summary>Bytes that wait for one peer, of each class; a message that does not fit is dropped, counted as <c>peer_full</c>.</summary>
    /// <value>16 MiB.</value>
    [Between(1024, int.MaxValue)]
    public int PeerQueueBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>How long a message may wait for a connection to its peer, and for the peer's acknowledgement. Older ones are of no use to consensus.</summary>
    /// <value>1 second.</value>
    [Between("1ms", "1h")]
    public TimeSpan SendDeadline { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Received messages that wait for the reader of one group; one more is dropped, counted as <c>group_full</c>. Other groups notice nothing.</summary>
    /// <value>4,096.</value>
    [Between(1, 1 << 20)]
    public int GroupQueue { get; set; } = 4096;

    /// <summary>Bytes of such messages; what does not fit is dropped, too.</summary>
    /// <value>32 MiB.</value>
    [Between(1024, int.MaxValue)]
    public int GroupQueueBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>Requests of all groups that may wait for their answers; one more is not sent.</summary>
    /// <value>16,384.</value>
    [Between(1, 1 << 20)]
    public int Requests { get; set; } = 16384;

    /// <summary>Bytes of one chunk of a snapshot.</summary>
    /// <value>64 KiB: short enough to be no burden to the garbage collector; 1 KiB to 1 MiB.</value>
    [Between(1024, 1 << 20)]
    public int SnapshotChunkBytes { get; set; } = 64 * 1024;

    /// <summary>Bytes of snapshots that this node sends in a second, to all peers together.</summary>
    /// <remarks>Slower leaves more of disks and processors to the rest; a receiver that writes to disk as fast as it can delays its own log.</remarks>
    /// <value>32 MiB.</value>
    [Between(1024, int.MaxValue)]
    public int SnapshotBytesPerSecond { get; set; } = 32 * 1024 * 1024;

    /// <summary>How long one chunk may wait for its answer, after which the receiver is asked where to go on.</summary>
    /// <value>5 seconds.</value>
    [Between("1ms", "1h")]
    public TimeSpan SnapshotChunkDeadline { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>What is wrong between options, by key.</summary>
    internal IEnumerable<(string Key, string Problem)> Problems()
    {
        if (PeerQueueBytes < BatchBytes)
        {
            yield return ("Chirps:Raft:PeerQueueBytes", $"{PeerQueueBytes} is less than BatchBytes, {BatchBytes}: a full write must fit");
        }

        if (SnapshotBytesPerSecond < SnapshotChunkBytes)
        {
            yield return ("Chirps:Raft:SnapshotBytesPerSecond", $"{SnapshotBytesPerSecond} is less than SnapshotChunkBytes, {SnapshotChunkBytes}: a chunk must fit in a second");
        }
    }
}
