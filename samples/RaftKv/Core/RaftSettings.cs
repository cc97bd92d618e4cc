namespace RaftKv.Core;

/// <summary>Times and limits of one replica.</summary>
internal sealed record RaftSettings
{
    /// <summary>How often a leader says that it leads.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>After how long without a leader an election begins, at least; at most twice as long, by chance.</summary>
    public TimeSpan Election { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>After how long without progress a snapshot is offered again.</summary>
    public TimeSpan SnapshotRetry { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Bytes of entries in one Append.</summary>
    public int AppendBytes { get; init; } = 256 * 1024;

    /// <summary>Appends to one follower that may be unanswered.</summary>
    public int InFlight { get; init; } = 64;

    /// <summary>Bytes of entries that a leader holds uncommitted; more are refused.</summary>
    public int UncommittedBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Reads that may wait for their confirmation; more are refused.</summary>
    public int Reads { get; init; } = 16384;
}
