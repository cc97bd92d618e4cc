namespace Chirps.Engine.Messaging;

/// <summary>A decoded frame; its spans point into the bytes it was read from.</summary>
public readonly ref struct Frame
{
    /// <summary>What it is. The other properties are valid where their documentation names this kind.</summary>
    public FrameKind Kind { get; init; }

    /// <summary>Hello: the generation of the sender's process.</summary>
    public ulong Generation { get; init; }

    /// <summary>Hello: the longest frame its sender takes, without the length field.</summary>
    public int FrameBytesMax { get; init; }

    /// <summary>Hello: what its sender takes beyond the first version.</summary>
    public PeerFeatures Features { get; init; }

    /// <summary>Open: everything it says.</summary>
    public LaneOpening Opening { get; init; }

    /// <summary>Message, Repeatable, Skip: the number on the lane, from 1 without gaps. Acknowledge: every message up to and including it is settled. Lost: the epoch.</summary>
    public ulong Sequence { get; init; }

    /// <summary>Message, Repeatable, Ephemeral: the id.</summary>
    public Guid MessageId { get; init; }

    /// <summary>Message, Repeatable, Ephemeral: UTF-8, 1 to 255 bytes.</summary>
    public ReadOnlySpan<byte> Topic { get; init; }

    /// <summary>Message, Repeatable, Ephemeral: the trace it belongs to, if any.</summary>
    public TraceContext Trace { get; init; }

    /// <summary>Message, Repeatable, Ephemeral: the payload. Transfer: its bytes. Acknowledge: the refusals, see <see cref="FrameCodec.TryReadRefusal"/>.</summary>
    public ReadOnlySpan<byte> Body { get; init; }
}
