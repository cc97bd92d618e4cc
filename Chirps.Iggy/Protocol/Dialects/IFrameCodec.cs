namespace Chirps.Iggy.Protocol.Dialects;

/// <summary>How a dialect frames requests and responses. Implementations keep no state.</summary>
internal interface IFrameCodec
{
    /// <summary>Bytes of a request's header.</summary>
    int RequestHeaderBytes { get; }

    /// <summary>Bytes of a response's header.</summary>
    int ResponseHeaderBytes { get; }

    /// <summary>Begins a request: appends its header. The caller appends the payload and then calls <see cref="EndRequest"/>.</summary>
    RequestMark BeginRequest(WireBuffer buffer, IggyCommand command, WireSession session);

    /// <summary>Fills in the length of a request.</summary>
    void EndRequest(WireBuffer buffer, in RequestMark mark);

    /// <summary>Reads the header of a request.</summary>
    /// <param name="received">What was received and not taken yet.</param>
    /// <param name="bodyBytesMax">Largest body taken.</param>
    /// <param name="head">The header.</param>
    FrameState TryReadRequest(ReadOnlySpan<byte> received, int bodyBytesMax, out RequestHead head);

    /// <summary>
    /// Begins a response: appends its header and, where the dialect has one, the result before the payload. The caller appends
    /// the payload, unless the status is an error, and then calls <see cref="EndResponse"/>.
    /// </summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="request">What is answered.</param>
    /// <param name="status">The outcome.</param>
    /// <param name="operationNumber">Number of the operation in the server's log (VSR); it may be 0.</param>
    /// <returns>Where the response starts in the buffer.</returns>
    int BeginResponse(WireBuffer buffer, in RequestHead request, IggyStatus status, ulong operationNumber = 0);

    /// <summary>Fills in the length of a response.</summary>
    void EndResponse(WireBuffer buffer, int start);

    /// <summary>Reads the header of a response.</summary>
    /// <param name="received">What was received and not taken yet.</param>
    /// <param name="bodyBytesMax">Largest body taken.</param>
    /// <param name="head">The header.</param>
    FrameState TryReadResponse(ReadOnlySpan<byte> received, int bodyBytesMax, out ResponseHead head);

    /// <summary>Reads the result before the payload of a response, where the dialect has one.</summary>
    /// <param name="operation">The operation answered.</param>
    /// <param name="body">The whole body.</param>
    /// <param name="payloadAt">Where the payload begins.</param>
    /// <param name="status">The outcome.</param>
    /// <returns><see langword="false"/> when the body is malformed.</returns>
    bool TryReadResult(byte operation, ReadOnlySpan<byte> body, out int payloadAt, out IggyStatus status);
}
