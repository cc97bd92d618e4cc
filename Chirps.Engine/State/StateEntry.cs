namespace Chirps.Engine.State;

/// <summary>One key of one node as readers see it. Immutable.</summary>
/// <param name="Key">The key, 1 to 255 bytes of UTF-8.</param>
/// <param name="Value">The value; never changed afterwards.</param>
/// <param name="Version">The owner's write that made it.</param>
/// <param name="Status">Set, or set to go after the grace period.</param>
public sealed record StateEntry(string Key, ReadOnlyMemory<byte> Value, ulong Version, StateKeyStatus Status);
