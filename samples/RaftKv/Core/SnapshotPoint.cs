namespace RaftKv.Core;

/// <summary>Up to where a snapshot holds the state, in place of the log.</summary>
/// <param name="Index">The last entry in it; 0 for the state before the first entry.</param>
/// <param name="Term">The term of that entry.</param>
/// <param name="Configuration">The voters as of that entry.</param>
internal sealed record SnapshotPoint(ulong Index, ulong Term, Configuration Configuration)
{
    /// <summary>The state before the first entry, of a replica that was not told who votes.</summary>
    public static SnapshotPoint Empty { get; } = new(0, 0, Configuration.None);
}
