using System.Buffers;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Dialects;

namespace Chirps.Iggy.Client;

internal sealed partial class IggyConnection
{
    private const int ReceiveBytes = 64 * 1024;

    private async Task ReceiveAsync()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ReceiveBytes);
        try
        {
            var start = 0;
            var end = 0;
            while (true)
            {
                var state = Dialect.Frames.TryReadResponse(buffer.AsSpan(start, end - start), _options.ResponseBytesMax, out var head);
                if (state == FrameState.Malformed)
                {
                    throw new InvalidDataException("The server sent what is no answer, or a larger one than is taken.");
                }

                if (state == FrameState.Ready)
                {
                    start += head.HeaderLength;
                    start += await TakeBodyAsync(head, buffer.AsMemory(start, end - start)).ConfigureAwait(false);
                    continue;
                }

                buffer.AsSpan(start, end - start).CopyTo(buffer);
                end -= start;
                start = 0;
                var read = await _stream.ReadAsync(buffer.AsMemory(end), _stop.Token).ConfigureAwait(false);
                if (read == 0)
                {
                    throw new EndOfStreamException("The server closed the connection.");
                }

                end += read;
                Volatile.Write(ref _lastReceived, _options.Time.GetTimestamp());
            }
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Gives an answer to whoever waits for it.</summary>
    /// <param name="head">The answer's header.</param>
    /// <param name="received">What was received behind the header: part of the body, or the body and more.</param>
    /// <returns>How many of the bytes received were the body's.</returns>
    private async ValueTask<int> TakeBodyAsync(ResponseHead head, ReadOnlyMemory<byte> received)
    {
        var taken = Math.Min(head.BodyLength, received.Length);
        byte[]? body = null;
        if (head.BodyLength > 0)
        {
            body = ArrayPool<byte>.Shared.Rent(head.BodyLength);
            received.Span[..taken].CopyTo(body);
            if (taken < head.BodyLength)
            {
                await ReceiveRestAsync(body.AsMemory(taken, head.BodyLength - taken)).ConfigureAwait(false);
            }
        }

        Deliver(head, body);
        return taken;
    }

    private async ValueTask ReceiveRestAsync(Memory<byte> rest)
    {
        while (!rest.IsEmpty)
        {
            var read = await _stream.ReadAsync(rest, _stop.Token).ConfigureAwait(false);
            if (read == 0)
            {
                throw new EndOfStreamException("The server closed the connection within an answer.");
            }

            rest = rest[read..];
            Volatile.Write(ref _lastReceived, _options.Time.GetTimestamp());
        }
    }

    private void Deliver(in ResponseHead head, byte[]? body)
    {
        PendingRequest? pending;
        lock (_gate)
        {
            if (_failure is not null)
            {
                return;
            }

            var found = head.IsEviction ? _pending.TryDequeueLogin(out pending) : _pending.TryDequeueAnswered(head, out pending);
            if (!found && !head.IsEviction)
            {
                throw new InvalidDataException("The server sent an answer to nothing that was asked.");
            }
        }

        if (pending is not null)
        {
            pending.Answer(Open(head, body, pending.Command));
        }

        if (head.IsLast)
        {
            throw new InvalidDataException($"The server ended the session: {head.Status} ({(uint)head.Status}).");
        }
    }

    private ResponseLease Open(in ResponseHead head, byte[]? body, IggyCommand command)
    {
        var payloadAt = 0;
        var status = head.Status;
        if (status == IggyStatus.Ok && !Dialect.Frames.TryReadResult(head.Operation, body.AsSpan(0, head.BodyLength), out payloadAt, out status))
        {
            throw new InvalidDataException($"The server sent a malformed result of {command}.");
        }

        return new ResponseLease(Dialect, status, body, payloadAt, head.BodyLength - payloadAt);
    }
}
