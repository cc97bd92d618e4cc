namespace RaftKv.Core;

/// <summary>What is to be on disk, in this order, before the messages in <see cref="Then"/> may leave.</summary>
/// <remarks>Requests of one replica are stored in the order they were taken: a later one may rely on an earlier one.</remarks>
internal sealed class PersistRequest
{
    /// <summary>The new term and vote, if they changed.</summary>
    public HardState? Hard { get; init; }

    /// <summary>A snapshot that takes the place of the log's beginning; its state is on disk already.</summary>
    public SnapshotPoint? Snapshot { get; init; }

    /// <summary>Whether entries that are stored behind the snapshot stay: they follow from it. Otherwise they go.</summary>
    public bool EntriesStay { get; init; }

    /// <summary>New entries. The first one overwrites whatever is stored from its index on.</summary>
    public IReadOnlyList<LogEntry> Entries { get; init; } = [];

    /// <summary>Sent afterwards.</summary>
    public IReadOnlyList<Outbound> Then { get; init; } = [];

    /// <summary>Whether there is nothing to write, only to wait for what was written before.</summary>
    public bool IsEmpty => Hard is null && Snapshot is null && Entries.Count == 0;
}
