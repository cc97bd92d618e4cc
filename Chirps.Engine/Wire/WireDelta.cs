using Chirps.Engine.Membership;

namespace Chirps.Engine.Wire;

/// <summary>A run of writes of one node. Its name and keys are views of the bytes it was read from.</summary>
internal readonly ref struct WireDelta
{
    /// <summary>Whose writes, UTF-8.</summary>
    public ReadOnlySpan<byte> Name { get; init; }

    /// <summary>Of which process.</summary>
    public Generation Generation { get; init; }

    /// <summary>Deletions up to this version the sender has forgotten.</summary>
    public ulong LastGcVersion { get; init; }

    /// <summary>The run follows this version; zero when it begins anew.</summary>
    public ulong From { get; init; }

    /// <summary>Whoever had everything up to <see cref="From"/> has everything up to this version afterwards.</summary>
    public ulong MaxVersion { get; init; }

    /// <summary>The keys, checked when read: <see cref="StateCodec.TryNextKey"/> takes them one by one.</summary>
    public ReadOnlySpan<byte> Keys { get; init; }
}
