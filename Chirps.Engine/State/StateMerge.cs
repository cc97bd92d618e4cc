namespace Chirps.Engine.State;

/// <summary>What became of a run of writes from another node.</summary>
internal enum StateMerge
{
    /// <summary>All of it is held now.</summary>
    Applied,

    /// <summary>It held nothing new.</summary>
    Stale,

    /// <summary>It follows writes this node lacks, or deletions this node may have missed: it comes again from where this node is.</summary>
    Gap,

    /// <summary>Taken up to the quota.</summary>
    OverQuota,
}
