namespace Chirps.Iggy.Protocol.Records;

/// <summary>Settings of a topic. In answers they are resolved: no value stands for a default.</summary>
public sealed record TopicSettings
{
    /// <summary>The server's defaults.</summary>
    public static TopicSettings Default { get; } = new();

    /// <summary>A label of how producers compress payloads.</summary>
    /// <value>None by default.</value>
    public CompressionKind Compression { get; init; } = CompressionKind.None;

    /// <summary>How long messages are kept, in microseconds.</summary>
    /// <value>0, the server's default, by default; <see cref="IggyLimits.Unlimited"/> for ever.</value>
    public ulong ExpiryMicroseconds { get; init; }

    /// <summary>Largest size of the topic, in bytes.</summary>
    /// <value>0, the server's default, by default; <see cref="IggyLimits.Unlimited"/> for no limit.</value>
    public ulong SizeBytesMax { get; init; }

    /// <summary>Copies of the topic. Ignored by classic servers, absent in VSR.</summary>
    /// <value>0, the server's default, by default.</value>
    public byte ReplicationFactor { get; init; }

    /// <summary>Further options, in the layout of user headers with keys of kind string. VSR only; a server refuses those it does not know.</summary>
    /// <value>None by default.</value>
    public ReadOnlyMemory<byte> Options { get; init; }
}
