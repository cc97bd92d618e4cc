namespace RaftKv.Core;

/// <summary>What an entry is for.</summary>
internal enum EntryKind : byte
{
    /// <summary>A command of the state machine.</summary>
    Command,

    /// <summary>The first entry of a leader: with it, everything before it is committed (Raft, section 8).</summary>
    Empty,

    /// <summary>The voters from here on, encoded by <see cref="Configuration"/>.</summary>
    Configuration,
}

/// <summary>One entry of the replicated log. Its data are never changed.</summary>
/// <param name="Term">The term of the leader that made it.</param>
/// <param name="Index">Its place; the first entry has 1.</param>
/// <param name="Kind">What it is for.</param>
/// <param name="Data">Opaque but for configurations.</param>
internal readonly record struct LogEntry(ulong Term, ulong Index, EntryKind Kind, ReadOnlyMemory<byte> Data);
