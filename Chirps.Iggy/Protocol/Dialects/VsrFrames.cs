using System.Buffers.Binary;

namespace Chirps.Iggy.Protocol.Dialects;

/// <summary>Frames of the VSR dialect, protocol 0.11.0: headers of 256 bytes for requests, replies and evictions.</summary>
internal sealed class VsrFrames : IFrameCodec
{
    /// <summary>Bytes of every header.</summary>
    public const int HeaderBytes = 256;

    /// <summary>Where a header says what kind of frame it is.</summary>
    public const int KindAt = 60;

    /// <summary>The kind of replies.</summary>
    public const byte ReplyKind = 8;

    private const byte RequestKind = 5;
    private const byte EvictionKind = 13;
    private const int SizeAt = 48;
    private const int RequestClientAt = 128;
    private const int RequestChecksumAt = 144;
    private const int RequestNumberAt = 168;
    private const int RequestOperationAt = 176;
    private const int RequestSessionAt = 184;
    private const int RequestCodeAt = 196;
    private const int ReplyChecksumAt = 128;
    private const int ReplyClientAt = 160;
    private const int ReplyLogNumberAt = 176;
    private const int ReplyNumberAt = 200;
    private const int ReplyOperationAt = 208;
    private const int ReplyStatusAt = 216;
    private const int EvictionClientAt = 128;
    private const int EvictionReasonAt = 255;
    private const int ResultBytes = 8;

    /// <inheritdoc/>
    public int RequestHeaderBytes => HeaderBytes;

    /// <inheritdoc/>
    public int ResponseHeaderBytes => HeaderBytes;

    /// <inheritdoc/>
    public RequestMark BeginRequest(WireBuffer buffer, IggyCommand command, WireSession session)
    {
        var operation = VsrOperation.Of(command);
        var number = operation == VsrOperation.Register ? 0 : session.RequestNumber;
        var mark = new RequestMark(buffer.Length, operation, number);
        var header = NewHeader(buffer, RequestKind);
        BinaryPrimitives.WriteUInt128LittleEndian(header[RequestClientAt..], session.ClientId);
        BinaryPrimitives.WriteUInt64LittleEndian(header[RequestNumberAt..], number);
        header[RequestOperationAt] = operation;
        BinaryPrimitives.WriteUInt64LittleEndian(header[RequestSessionAt..], session.Session);
        if (operation == VsrOperation.Other)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(header[RequestCodeAt..], (uint)command);
        }

        if (VsrOperation.Counts(operation))
        {
            session.RequestNumber++;
        }

        return mark;
    }

    /// <inheritdoc/>
    public void EndRequest(WireBuffer buffer, in RequestMark mark) => buffer.PatchUInt32(mark.Start + SizeAt, (uint)(buffer.Length - mark.Start));

    /// <inheritdoc/>
    public FrameState TryReadRequest(ReadOnlySpan<byte> received, int bodyBytesMax, out RequestHead head)
    {
        head = default;
        if (received.Length < HeaderBytes)
        {
            return FrameState.Incomplete;
        }

        if (received[KindAt] != RequestKind || !TryReadBodyLength(received, bodyBytesMax, out var bodyLength))
        {
            return FrameState.Malformed;
        }

        var operation = received[RequestOperationAt];
        head = new RequestHead(
            operation == VsrOperation.Other ? (IggyCommand)BinaryPrimitives.ReadUInt32LittleEndian(received[RequestCodeAt..]) : VsrOperation.CommandOf(operation),
            HeaderBytes,
            bodyLength,
            operation,
            BinaryPrimitives.ReadUInt128LittleEndian(received[RequestClientAt..]),
            BinaryPrimitives.ReadUInt128LittleEndian(received[RequestChecksumAt..]),
            BinaryPrimitives.ReadUInt64LittleEndian(received[RequestNumberAt..]),
            BinaryPrimitives.ReadUInt64LittleEndian(received[RequestSessionAt..]));
        return FrameState.Ready;
    }

    /// <inheritdoc/>
    /// <remarks>A refused login is told by an eviction, a refused change of metadata in the body, everything else in the header.</remarks>
    public int BeginResponse(WireBuffer buffer, in RequestHead request, IggyStatus status, ulong operationNumber = 0)
    {
        var start = buffer.Length;
        var evicts = request.Operation == VsrOperation.Register && status != IggyStatus.Ok;
        var header = NewHeader(buffer, evicts ? EvictionKind : ReplyKind);
        if (evicts)
        {
            BinaryPrimitives.WriteUInt128LittleEndian(header[EvictionClientAt..], request.ClientId);
            header[EvictionReasonAt] = VsrEviction.ReasonOf(status);
            return start;
        }

        var hasResult = VsrOperation.HasResult(request.Operation);
        BinaryPrimitives.WriteUInt128LittleEndian(header[ReplyChecksumAt..], request.BodyChecksum);
        BinaryPrimitives.WriteUInt128LittleEndian(header[ReplyClientAt..], request.ClientId);
        BinaryPrimitives.WriteUInt64LittleEndian(header[ReplyLogNumberAt..], operationNumber);
        BinaryPrimitives.WriteUInt64LittleEndian(header[ReplyNumberAt..], request.RequestNumber);
        header[ReplyOperationAt] = request.Operation;
        if (hasResult || request.Operation == VsrOperation.Register)
        {
            WriteResult(buffer, status);
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(header[ReplyStatusAt..], (uint)status);
        }

        return start;
    }

    /// <inheritdoc/>
    public void EndResponse(WireBuffer buffer, int start) => buffer.PatchUInt32(start + SizeAt, (uint)(buffer.Length - start));

    /// <inheritdoc/>
    public FrameState TryReadResponse(ReadOnlySpan<byte> received, int bodyBytesMax, out ResponseHead head)
    {
        head = default;
        if (received.Length < HeaderBytes)
        {
            return FrameState.Incomplete;
        }

        if (received[KindAt] is not (ReplyKind or EvictionKind) || !TryReadBodyLength(received, bodyBytesMax, out var bodyLength))
        {
            return FrameState.Malformed;
        }

        head = received[KindAt] == EvictionKind
            ? new ResponseHead(VsrEviction.StatusOf(received[EvictionReasonAt]), HeaderBytes, bodyLength, IsLast: true, IsEviction: true)
            : new ResponseHead(
                (IggyStatus)BinaryPrimitives.ReadUInt32LittleEndian(received[ReplyStatusAt..]),
                HeaderBytes,
                bodyLength,
                received[ReplyOperationAt],
                BinaryPrimitives.ReadUInt64LittleEndian(received[ReplyNumberAt..]));
        return FrameState.Ready;
    }

    /// <inheritdoc/>
    public bool TryReadResult(byte operation, ReadOnlySpan<byte> body, out int payloadAt, out IggyStatus status)
    {
        payloadAt = 0;
        status = IggyStatus.Ok;
        if (!VsrOperation.HasResult(operation) && (operation != VsrOperation.Register || body.IsEmpty))
        {
            return true;
        }

        var reader = new WireReader(body);
        if (!reader.TryReadUInt32(out var count) || count > (uint)reader.Rest.Length / ResultBytes)
        {
            return false;
        }

        payloadAt = sizeof(uint) + ((int)count * ResultBytes);
        if (count > 0)
        {
            _ = reader.TryReadUInt32(out _) & reader.TryReadUInt32(out var code);
            status = (IggyStatus)code;
        }

        return true;
    }

    private static Span<byte> NewHeader(WireBuffer buffer, byte kind)
    {
        var header = buffer.Take(HeaderBytes);
        header.Clear();
        header[KindAt] = kind;
        return header;
    }

    private static void WriteResult(WireBuffer buffer, IggyStatus status)
    {
        buffer.WriteUInt32(status == IggyStatus.Ok ? 0u : 1u);
        if (status != IggyStatus.Ok)
        {
            buffer.WriteUInt32(0);
            buffer.WriteUInt32((uint)status);
        }
    }

    private static bool TryReadBodyLength(ReadOnlySpan<byte> header, int bodyBytesMax, out int length)
    {
        var size = BinaryPrimitives.ReadUInt32LittleEndian(header[SizeAt..]);
        length = size >= HeaderBytes && size - HeaderBytes <= (uint)bodyBytesMax ? (int)(size - HeaderBytes) : -1;
        return length >= 0;
    }
}
