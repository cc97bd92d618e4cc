using Chirps.Iggy.Protocol.Messages;

namespace Chirps.Iggy.Protocol.Dialects;

/// <summary>Messages of the VSR dialect, servers 0.9: batches.</summary>
internal sealed class VsrMessages : IMessageCodec
{
    /// <inheritdoc/>
    public MessageLayout Layout => MessageLayout.Batches;

    /// <inheritdoc/>
    public bool RoutesAtClient => true;

    /// <inheritdoc/>
    public void WriteSend(WireBuffer buffer, in IggyIdentifier stream, in IggyIdentifier topic, in Partitioning partitioning, ReadOnlySpan<IggyMessage> messages, ulong nowMicroseconds)
    {
        OutgoingMessages.Check(messages);
        var earliest = ulong.MaxValue;
        var latest = 0ul;
        foreach (ref readonly var message in messages)
        {
            earliest = Math.Min(earliest, OutgoingMessages.Origin(message, nowMicroseconds));
            latest = Math.Max(latest, OutgoingMessages.Origin(message, nowMicroseconds));
        }

        if (latest - earliest > uint.MaxValue)
        {
            throw new ArgumentException("The producer's times of one send lie at most 2^32 - 1 microseconds apart.");
        }

        SendHeader.Write(buffer, stream, topic, partitioning, messages.Length);
        var start = buffer.Length;
        MessageBatch.WriteHeader(buffer, partition: 0, baseOffset: 0, brokerMicroseconds: 0, earliest);
        for (var index = 0; index < messages.Length; index++)
        {
            var view = OutgoingMessages.View(messages[index], nowMicroseconds);
            MessageBatch.WriteFrame(buffer, view, (uint)index, (uint)(view.OriginMicroseconds - earliest));
        }

        MessageBatch.Finish(buffer, start, (uint)messages.Length);
    }

    /// <inheritdoc/>
    public IggyStatus TryReadSend(ReadOnlySpan<byte> payload, out SendRequest request)
    {
        if (!SendHeader.TryRead(payload, out var rest, out request))
        {
            return IggyStatus.InvalidCommand;
        }

        if (request.Count == 0)
        {
            return IggyStatus.InvalidMessageCount;
        }

        if (!MessageBatch.TryReadHeader(rest, out var batch) || batch.Length != rest.Length)
        {
            return IggyStatus.InvalidMessagesSize;
        }

        if (batch.Count != request.Count)
        {
            return IggyStatus.InvalidMessageCount;
        }

        request = request with { Layout = MessageLayout.Batches, Area = rest };
        var status = CheckFrames(batch, rest);
        if (status != IggyStatus.Ok)
        {
            return status;
        }

        return !batch.FramesMatch(rest) ? IggyStatus.InvalidMessageChecksum : batch.Matches(rest) ? IggyStatus.Ok : IggyStatus.InvalidBatchChecksum;
    }

    /// <inheritdoc/>
    /// <remarks>A batch's own checksum is not compared: what is polled may be a slice of the batch stored.</remarks>
    public IggyStatus TryReadPoll(ReadOnlySpan<byte> payload, bool verify, out PollReply reply)
    {
        if (!PollReply.TryReadPrefix(payload, MessageLayout.Batches, out reply))
        {
            return IggyStatus.InvalidFormat;
        }

        var left = (long)reply.Count;
        for (var rest = reply.Area; !rest.IsEmpty;)
        {
            if (!MessageBatch.TryReadHeader(rest, out var batch))
            {
                return IggyStatus.InvalidMessagesSize;
            }

            var status = CheckFrames(batch, rest);
            if (status != IggyStatus.Ok)
            {
                return status;
            }

            if (verify && !batch.FramesMatch(rest))
            {
                return IggyStatus.InvalidMessageChecksum;
            }

            left -= batch.Count;
            rest = rest[batch.Length..];
        }

        return left == 0 ? IggyStatus.Ok : IggyStatus.InvalidMessageCount;
    }

    private static IggyStatus CheckFrames(in MessageBatch batch, ReadOnlySpan<byte> bytes)
    {
        var rest = bytes[MessageBatch.HeaderBytes..batch.Length];
        for (var left = batch.Count; left > 0; left--)
        {
            var status = batch.TryReadFrame(rest, out var size, out _);
            if (status != IggyStatus.Ok)
            {
                return status;
            }

            rest = rest[size..];
        }

        return rest.IsEmpty ? IggyStatus.Ok : IggyStatus.InvalidMessagesSize;
    }
}
