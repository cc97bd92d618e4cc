using Chirps.Engine.Time;

namespace Chirps.Engine.State;

/// <summary>One written key of one node, as its holder keeps it.</summary>
/// <param name="key">The key.</param>
/// <param name="keyUtf8">The key as it travels.</param>
/// <param name="value">The value; empty for a deleted key. Not copied.</param>
/// <param name="version">The owner's write.</param>
/// <param name="status">What holds of the key.</param>
/// <param name="at">When this holder learnt of it: the grace period runs from here and never travels.</param>
internal sealed class StateSlot(string key, byte[] keyUtf8, ReadOnlyMemory<byte> value, ulong version, StateKeyStatus status, MeshInstant at)
{
    /// <summary>The key.</summary>
    public string Key { get; } = key;

    /// <summary>The key as it travels.</summary>
    public byte[] KeyUtf8 { get; } = keyUtf8;

    /// <summary>The value.</summary>
    public ReadOnlyMemory<byte> Value { get; } = value;

    /// <summary>The owner's write.</summary>
    public ulong Version { get; } = version;

    /// <summary>What holds of the key.</summary>
    public StateKeyStatus Status { get; } = status;

    /// <summary>When this holder learnt of it.</summary>
    public MeshInstant At { get; } = at;

    /// <summary>When the owner deletes it by itself, if ever. Known to the owner only.</summary>
    public MeshInstant? Expires { get; init; }

    /// <summary>Whether a later write of the same key took its place.</summary>
    public bool IsSuperseded { get; set; }

    /// <summary>What it costs in the quotas.</summary>
    public int Bytes => StateSettings.KeyOverheadBytes + KeyUtf8.Length + Value.Length;
}
