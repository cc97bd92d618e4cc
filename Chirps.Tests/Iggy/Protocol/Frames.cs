using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Dialects;
using Chirps.Iggy.Protocol.Messages;
using Chirps.Iggy.Protocol.Requests;

namespace Chirps.Tests.Iggy.Protocol;

/// <summary>Whole frames as byte arrays.</summary>
internal static class Frames
{
    public static byte[] Request<T>(IIggyDialect dialect, IggyCommand command, T request, WireSession session)
        where T : IRequest<T>
    {
        using var buffer = new WireBuffer();
        var mark = dialect.Frames.BeginRequest(buffer, command, session);
        request.Write(buffer, dialect.Bodies);
        dialect.Frames.EndRequest(buffer, mark);
        return buffer.Span.ToArray();
    }

    public static byte[] LoginRequest(IIggyDialect dialect, LoginRequest login, WireSession session)
    {
        using var payload = new WireBuffer();
        var command = dialect.Bodies.WriteLogin(payload, login);
        using var buffer = new WireBuffer();
        var mark = dialect.Frames.BeginRequest(buffer, command, session);
        buffer.WriteBytes(payload.Span);
        dialect.Frames.EndRequest(buffer, mark);
        return buffer.Span.ToArray();
    }

    public static byte[] Send(IIggyDialect dialect, IggyIdentifier stream, IggyIdentifier topic, Partitioning partitioning, IggyMessage[] messages)
    {
        using var buffer = new WireBuffer();
        var mark = dialect.Frames.BeginRequest(buffer, IggyCommand.SendMessages, new WireSession(1));
        dialect.Messages.WriteSend(buffer, stream, topic, partitioning, messages, nowMicroseconds: 1);
        dialect.Frames.EndRequest(buffer, mark);
        return buffer.Span.ToArray();
    }

    public static byte[] Response(IIggyDialect dialect, RequestHead request, IggyStatus status, Action<WireBuffer>? write = null, ulong operationNumber = 0)
    {
        using var buffer = new WireBuffer();
        var start = dialect.Frames.BeginResponse(buffer, request, status, operationNumber);
        write?.Invoke(buffer);
        dialect.Frames.EndResponse(buffer, start);
        return buffer.Span.ToArray();
    }
}
