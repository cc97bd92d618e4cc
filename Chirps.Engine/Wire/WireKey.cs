using Chirps.Engine.State;

namespace Chirps.Engine.Wire;

/// <summary>One write as it travels. Its key and value are views of the bytes it was read from.</summary>
internal readonly ref struct WireKey
{
    /// <summary>The owner's write.</summary>
    public ulong Version { get; init; }

    /// <summary>What holds of the key.</summary>
    public StateKeyStatus Status { get; init; }

    /// <summary>The key, UTF-8.</summary>
    public ReadOnlySpan<byte> Key { get; init; }

    /// <summary>The value; empty for a deleted key.</summary>
    public ReadOnlySpan<byte> Value { get; init; }
}
