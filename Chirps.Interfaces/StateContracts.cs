namespace Chirps;

/// <summary>What became of a change of this node's own key-values.</summary>
[GenerateSerializer, Alias("Chirps.StateOutcome")]
public enum StateOutcome
{
    /// <summary>Written; it will reach every node.</summary>
    Written,

    /// <summary>It said nothing new.</summary>
    Unchanged,

    /// <summary>Refused, with nothing changed: the node's key-values would exceed <c>State:NodeBytesMax</c>.</summary>
    OverQuota,
}

/// <summary>One key-value of a node.</summary>
/// <param name="Key">The key, 1 to 255 bytes of UTF-8.</param>
/// <param name="Value">The value.</param>
/// <param name="Version">The owner's write that made it; grows with every write of the owner's process.</param>
[GenerateSerializer, Immutable, Alias("Chirps.StateItem")]
public sealed record StateItem([property: Id(0)] string Key, [property: Id(1)] ReadOnlyMemory<byte> Value, [property: Id(2)] ulong Version);

/// <summary>What happened to a key-value.</summary>
[GenerateSerializer, Alias("Chirps.StateEventKind")]
public enum StateEventKind
{
    /// <summary>A key was written.</summary>
    Set,

    /// <summary>A key was deleted.</summary>
    Deleted,

    /// <summary>All keys of the owner come anew: whoever mirrors them drops the mirror and reads <see cref="INodeGrain.State"/>.</summary>
    Reset,
}

/// <summary>A change of the key-values of a node, on the streams <see cref="ChirpsStreams.State"/>.</summary>
/// <param name="Number">Counts the changes this node saw, of all keys; grows.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Owner">The node whose key it is.</param>
/// <param name="Key">The key; empty for <see cref="StateEventKind.Reset"/>.</param>
/// <param name="Value">The new value; empty unless it was set.</param>
/// <param name="Version">The owner's write.</param>
/// <param name="At">When this node saw it, by its clock.</param>
/// <param name="MissedBefore">Whether changes before this one were lost because they came too fast: a mirror must be read again.</param>
[GenerateSerializer, Immutable, Alias("Chirps.StateEvent")]
public sealed record StateEvent(
    [property: Id(0)] ulong Number,
    [property: Id(1)] StateEventKind Kind,
    [property: Id(2)] NodeId Owner,
    [property: Id(3)] string Key,
    [property: Id(4)] ReadOnlyMemory<byte> Value,
    [property: Id(5)] ulong Version,
    [property: Id(6)] DateTimeOffset At,
    [property: Id(7)] bool MissedBefore);
