using Chirps.Engine.Membership;
using RaftKv.Core;

namespace RaftKv.Node;

/// <summary>How a node takes part.</summary>
internal sealed record RaftNodeOptions
{
    /// <summary>Where log and snapshots lie.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Who votes in a group that begins; empty on a node that joins later.</summary>
    public required IReadOnlyList<MemberId> Voters { get; init; }

    /// <summary>Groups 1 to this number.</summary>
    public int Groups { get; init; } = 4;

    /// <summary>Times and limits of each replica.</summary>
    public RaftSettings Raft { get; init; } = new();

    /// <summary>After how many bytes of applied entries a group's state is stored as a snapshot, or as many as the state has when that is more.</summary>
    public long SnapshotBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Entries that stay before a snapshot, for followers that are a little late.</summary>
    public int EntriesKept { get; init; } = 256;

    /// <summary>Files of the log, above which the group that keeps the oldest one from going is made to store a snapshot.</summary>
    public int SegmentsMax { get; init; } = 4;

    /// <summary>After how many bytes the log goes on in a new file.</summary>
    public int LogFileBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Bytes of a message that every member of the mesh takes. Commands that do not fit into one are refused.</summary>
    public int MessageBytes { get; init; } = 4 * 1024 * 1024;
}
