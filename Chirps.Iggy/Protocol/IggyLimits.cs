namespace Chirps.Iggy.Protocol;

/// <summary>Limits of Iggy's protocol and of its servers.</summary>
public static class IggyLimits
{
    /// <summary>Longest name of a stream, topic or group, longest token, header key, header value and routing key, in bytes of UTF-8; the shortest is 1.</summary>
    public const int NameBytesMax = 255;

    /// <summary>Largest payload of one message, in bytes.</summary>
    public const int PayloadBytesMax = 64_000_000;

    /// <summary>Largest user headers of one message, in bytes.</summary>
    public const int UserHeadersBytesMax = 100_000;

    /// <summary>Most partitions one call creates or deletes.</summary>
    public const int PartitionsMax = 1000;

    /// <summary>Largest body of a frame that either side reads, in bytes: 64 MiB.</summary>
    public const int FrameBytesMax = 64 * 1024 * 1024;

    /// <summary>Longest text behind a 32-bit length that either side reads, in bytes. Not the protocol's limit: the fields in question are names and versions.</summary>
    public const int LongTextBytesMax = 64 * 1024;

    /// <summary>Value of an expiry or a size without a limit.</summary>
    public const ulong Unlimited = ulong.MaxValue;
}
