using System.Buffers.Binary;

namespace Chirps.Iggy.Protocol.Dialects;

/// <summary>Frames of the classic dialect: a request says length and command, a response says status and length. The two lengths count differently.</summary>
internal sealed class ClassicFrames : IFrameCodec
{
    private const int HeaderBytes = 8;
    private const int LengthBytes = 4;
    private const int CodeBytes = 4;

    /// <inheritdoc/>
    public int RequestHeaderBytes => HeaderBytes;

    /// <inheritdoc/>
    public int ResponseHeaderBytes => HeaderBytes;

    /// <inheritdoc/>
    public RequestMark BeginRequest(WireBuffer buffer, IggyCommand command, WireSession session)
    {
        var start = buffer.Length;
        buffer.WriteUInt32(0);
        buffer.WriteUInt32((uint)command);
        return new RequestMark(start);
    }

    /// <inheritdoc/>
    public void EndRequest(WireBuffer buffer, in RequestMark mark) => buffer.PatchUInt32(mark.Start, (uint)(buffer.Length - mark.Start - LengthBytes));

    /// <inheritdoc/>
    /// <remarks>A length that does not reach over the command makes a frame of the command <see cref="IggyCommand.None"/>, to be answered and not to be closed for.</remarks>
    public FrameState TryReadRequest(ReadOnlySpan<byte> received, int bodyBytesMax, out RequestHead head)
    {
        head = default;
        if (!BinaryPrimitives.TryReadUInt32LittleEndian(received, out var length))
        {
            return FrameState.Incomplete;
        }

        if (length < CodeBytes)
        {
            head = new RequestHead(IggyCommand.None, LengthBytes, (int)length);
            return FrameState.Ready;
        }

        if (length - CodeBytes > (uint)bodyBytesMax)
        {
            return FrameState.Malformed;
        }

        if (received.Length < HeaderBytes)
        {
            return FrameState.Incomplete;
        }

        head = new RequestHead((IggyCommand)BinaryPrimitives.ReadUInt32LittleEndian(received[LengthBytes..]), HeaderBytes, (int)length - CodeBytes);
        return FrameState.Ready;
    }

    /// <inheritdoc/>
    public int BeginResponse(WireBuffer buffer, in RequestHead request, IggyStatus status, ulong operationNumber = 0)
    {
        var start = buffer.Length;
        buffer.WriteUInt32((uint)status);
        buffer.WriteUInt32(0);
        return start;
    }

    /// <inheritdoc/>
    public void EndResponse(WireBuffer buffer, int start) => buffer.PatchUInt32(start + LengthBytes, (uint)(buffer.Length - start - HeaderBytes));

    /// <inheritdoc/>
    public FrameState TryReadResponse(ReadOnlySpan<byte> received, int bodyBytesMax, out ResponseHead head)
    {
        head = default;
        if (received.Length < HeaderBytes)
        {
            return FrameState.Incomplete;
        }

        var status = (IggyStatus)BinaryPrimitives.ReadUInt32LittleEndian(received);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(received[LengthBytes..]);
        if (length > (uint)bodyBytesMax)
        {
            return FrameState.Malformed;
        }

        head = new ResponseHead(status, HeaderBytes, (int)length, IsLast: status is IggyStatus.StaleClient or IggyStatus.ClientNotFound);
        return FrameState.Ready;
    }

    /// <inheritdoc/>
    public bool TryReadResult(byte operation, ReadOnlySpan<byte> body, out int payloadAt, out IggyStatus status)
    {
        payloadAt = 0;
        status = IggyStatus.Ok;
        return true;
    }
}
