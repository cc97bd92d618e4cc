using System.Buffers;
using System.Buffers.Binary;

namespace Chirps.Iggy.Protocol.Messages;

/// <summary>A batch of messages in the layout of VSR: a header of 256 bytes and frames of 48 bytes, payload, user headers.</summary>
/// <param name="BaseOffset">Offset to which the frames' deltas are added.</param>
/// <param name="BrokerMicroseconds">When the broker stored the batch.</param>
/// <param name="OriginMicroseconds">Producer's time to which the frames' deltas are added.</param>
/// <param name="Length">Bytes of the batch with its header.</param>
/// <param name="Count">How many frames.</param>
internal readonly record struct MessageBatch(ulong BaseOffset, ulong BrokerMicroseconds, ulong OriginMicroseconds, int Length, uint Count)
{
    /// <summary>Bytes of a batch's header.</summary>
    public const int HeaderBytes = 256;

    /// <summary>Bytes of a frame's header.</summary>
    public const int FrameHeaderBytes = 48;

    private const int BaseOffsetAt = 8;
    private const int BrokerAt = 16;
    private const int OriginAt = 24;
    private const int LengthAt = 32;
    private const int ChecksumAt = 40;
    private const int CountAt = 48;
    private const int FrameIdAt = 8;
    private const int FrameOffsetAt = 24;
    private const int FrameOriginAt = 28;
    private const int FrameHeadersLengthAt = 32;
    private const int FramePayloadLengthAt = 36;
    private const int SummedHeaderBytes = 44;

    /// <summary>Reads a batch's header off the front of a span that must hold the whole batch.</summary>
    public static bool TryReadHeader(ReadOnlySpan<byte> bytes, out MessageBatch batch)
    {
        batch = default;
        if (bytes.Length < HeaderBytes)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(bytes[LengthAt..]);
        if (length < HeaderBytes || length > (ulong)bytes.Length)
        {
            return false;
        }

        batch = new MessageBatch(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[BaseOffsetAt..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[BrokerAt..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[OriginAt..]),
            (int)length,
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[CountAt..]));
        return true;
    }

    /// <summary>Takes one frame off the front of a span.</summary>
    /// <param name="bytes">The frame and whatever follows it.</param>
    /// <param name="size">Bytes of the frame.</param>
    /// <param name="message">The message, its checksum not compared.</param>
    /// <returns>What is wrong with it, or that nothing is.</returns>
    public IggyStatus TryReadFrame(ReadOnlySpan<byte> bytes, out int size, out MessageView message)
    {
        size = 0;
        message = default;
        if (bytes.Length < FrameHeaderBytes)
        {
            return IggyStatus.TooSmallMessage;
        }

        var headersLength = BinaryPrimitives.ReadUInt32LittleEndian(bytes[FrameHeadersLengthAt..]);
        var payloadLength = BinaryPrimitives.ReadUInt32LittleEndian(bytes[FramePayloadLengthAt..]);
        if (payloadLength > IggyLimits.PayloadBytesMax)
        {
            return IggyStatus.PayloadTooBig;
        }

        if (headersLength > IggyLimits.UserHeadersBytesMax)
        {
            return IggyStatus.HeadersTooBig;
        }

        if ((uint)(bytes.Length - FrameHeaderBytes) < payloadLength + headersLength)
        {
            return IggyStatus.InvalidMessagesSize;
        }

        size = FrameHeaderBytes + (int)payloadLength + (int)headersLength;
        message = new MessageView
        {
            Checksum = BinaryPrimitives.ReadUInt64LittleEndian(bytes),
            Id = BinaryPrimitives.ReadUInt128LittleEndian(bytes[FrameIdAt..]),
            Offset = unchecked(BaseOffset + BinaryPrimitives.ReadUInt32LittleEndian(bytes[FrameOffsetAt..])),
            BrokerMicroseconds = BrokerMicroseconds,
            OriginMicroseconds = unchecked(OriginMicroseconds + BinaryPrimitives.ReadUInt32LittleEndian(bytes[FrameOriginAt..])),
            Payload = bytes.Slice(FrameHeaderBytes, (int)payloadLength),
            UserHeaders = bytes.Slice(FrameHeaderBytes + (int)payloadLength, (int)headersLength),
        };
        return IggyStatus.Ok;
    }

    /// <summary>The checksum a whole frame should have: over all after the checksum itself.</summary>
    public static ulong FrameChecksum(ReadOnlySpan<byte> frame) => XxHash3.Of(frame[FrameIdAt..]);

    /// <summary>Appends a frame, its checksum computed.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="message">The message.</param>
    /// <param name="offsetDelta">Its offset from the base offset.</param>
    /// <param name="originDelta">Its producer's time from the batch's.</param>
    public static void WriteFrame(WireBuffer buffer, in MessageView message, uint offsetDelta, uint originDelta)
    {
        var frame = buffer.Take(FrameHeaderBytes + message.Payload.Length + message.UserHeaders.Length);
        frame[..FrameHeaderBytes].Clear();
        BinaryPrimitives.WriteUInt128LittleEndian(frame[FrameIdAt..], message.Id);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[FrameOffsetAt..], offsetDelta);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[FrameOriginAt..], originDelta);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[FrameHeadersLengthAt..], (uint)message.UserHeaders.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[FramePayloadLengthAt..], (uint)message.Payload.Length);
        message.Payload.CopyTo(frame[FrameHeaderBytes..]);
        message.UserHeaders.CopyTo(frame[(FrameHeaderBytes + message.Payload.Length)..]);
        BinaryPrimitives.WriteUInt64LittleEndian(frame, FrameChecksum(frame));
    }

    /// <summary>Appends a batch's header, its length, count and checksum left for <see cref="Finish"/>.</summary>
    public static void WriteHeader(WireBuffer buffer, uint partition, ulong baseOffset, ulong brokerMicroseconds, ulong originMicroseconds)
    {
        var header = buffer.Take(HeaderBytes);
        header.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(header, partition);
        BinaryPrimitives.WriteUInt64LittleEndian(header[BaseOffsetAt..], baseOffset);
        BinaryPrimitives.WriteUInt64LittleEndian(header[BrokerAt..], brokerMicroseconds);
        BinaryPrimitives.WriteUInt64LittleEndian(header[OriginAt..], originMicroseconds);
    }

    /// <summary>Fills in length, count and checksum of a batch whose frames are written.</summary>
    public static void Finish(WireBuffer buffer, int start, uint count)
    {
        var batch = buffer.Written(start);
        BinaryPrimitives.WriteUInt64LittleEndian(batch[LengthAt..], (ulong)batch.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(batch[CountAt..], count);
        BinaryPrimitives.WriteUInt64LittleEndian(batch[ChecksumAt..], ChecksumOf(batch, count));
    }

    /// <summary>Whether each frame of a well-formed batch matches its checksum.</summary>
    public bool FramesMatch(ReadOnlySpan<byte> bytes)
    {
        for (var frames = bytes[HeaderBytes..Length]; !frames.IsEmpty;)
        {
            _ = TryReadFrame(frames, out var size, out var message);
            if (message.Checksum != FrameChecksum(frames[..size]))
            {
                return false;
            }

            frames = frames[size..];
        }

        return true;
    }

    /// <summary>Whether a well-formed batch matches its own checksum.</summary>
    public bool Matches(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[ChecksumAt..]) == ChecksumOf(bytes[..Length], Count);

    // The count is summed after the length although it lies behind the checksum in the header.
    private static ulong ChecksumOf(ReadOnlySpan<byte> batch, uint count)
    {
        var bytes = SummedHeaderBytes + (sizeof(ulong) * (int)count);
        var rented = ArrayPool<byte>.Shared.Rent(bytes);
        var summed = rented.AsSpan(0, bytes);
        batch[..ChecksumAt].CopyTo(summed);
        BinaryPrimitives.WriteUInt32LittleEndian(summed[ChecksumAt..], count);
        var sums = summed[SummedHeaderBytes..];
        for (var frames = batch[HeaderBytes..]; !frames.IsEmpty; sums = sums[sizeof(ulong)..])
        {
            frames[..sizeof(ulong)].CopyTo(sums);
            var size = FrameHeaderBytes + BinaryPrimitives.ReadInt32LittleEndian(frames[FrameHeadersLengthAt..]) + BinaryPrimitives.ReadInt32LittleEndian(frames[FramePayloadLengthAt..]);
            frames = frames[size..];
        }

        var checksum = XxHash3.Of(summed);
        ArrayPool<byte>.Shared.Return(rented);
        return checksum;
    }
}
