namespace Chirps.Iggy.Protocol;

/// <summary>How the partition of a send is chosen.</summary>
public enum PartitioningKind : byte
{
    /// <summary>In turn, one partition a request.</summary>
    Balanced = 1,

    /// <summary>The sender names the partition.</summary>
    Partition = 2,

    /// <summary>By the hash of a key.</summary>
    Key = 3,
}
