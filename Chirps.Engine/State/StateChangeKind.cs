namespace Chirps.Engine.State;

/// <summary>What happened to the key-values of a node.</summary>
public enum StateChangeKind
{
    /// <summary>A key was written; a key marked to go after the grace period counts as written.</summary>
    Set,

    /// <summary>A key was deleted, or its grace period ended.</summary>
    Deleted,

    /// <summary>
    /// All keys of the node are gone and come anew: it started again, or this node missed deletions that nobody remembers any more.
    /// Whoever mirrors them drops the mirror and reads again; it may also fetch them elsewhere and hand them back.
    /// </summary>
    Reset,

    /// <summary>The readiness rule holds of the node from now on.</summary>
    Ready,

    /// <summary>The readiness rule no longer holds of the node.</summary>
    NotReady,
}
