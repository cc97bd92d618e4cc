namespace Chirps.Engine.State;

/// <summary>What became of a write to this node's own key-values.</summary>
public enum StateWriteResult
{
    /// <summary>Written under a new version; it will reach everybody.</summary>
    Written,

    /// <summary>It said nothing new: the same value with the same status, or a deletion of a key that is not there.</summary>
    Unchanged,

    /// <summary>Refused, with nothing changed: it would exceed the quota of a node.</summary>
    OverQuota,
}
