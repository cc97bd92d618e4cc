using System.Buffers.Binary;
using Chirps.Iggy.Protocol.Messages;

namespace Chirps.Iggy.Protocol.Dialects;

/// <summary>Messages of the classic dialect, servers 0.7 and 0.8: an array of end positions, then messages with headers of 64 bytes.</summary>
internal sealed class ClassicMessages : IMessageCodec
{
    /// <inheritdoc/>
    public MessageLayout Layout => MessageLayout.Classic;

    /// <inheritdoc/>
    public bool RoutesAtClient => false;

    /// <inheritdoc/>
    /// <remarks>The checksum is left 0: servers do not look at it and compute it anew.</remarks>
    public void WriteSend(WireBuffer buffer, in IggyIdentifier stream, in IggyIdentifier topic, in Partitioning partitioning, ReadOnlySpan<IggyMessage> messages, ulong nowMicroseconds)
    {
        OutgoingMessages.Check(messages);
        SendHeader.Write(buffer, stream, topic, partitioning, messages.Length);
        var end = 0u;
        foreach (ref readonly var message in messages)
        {
            end = checked(end + (uint)(ClassicMessage.HeaderBytes + message.Payload.Length + message.UserHeaders.Length));
            buffer.WriteUInt32(0);
            buffer.WriteUInt32(end);
            buffer.WriteUInt64(0);
        }

        foreach (ref readonly var message in messages)
        {
            var view = OutgoingMessages.View(message, nowMicroseconds);
            ClassicMessage.WriteHeader(buffer.Take(ClassicMessage.HeaderBytes), view);
            buffer.WriteBytes(view.Payload);
            buffer.WriteBytes(view.UserHeaders);
        }
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

        if (request.Count > (uint)rest.Length / ClassicMessage.IndexBytes)
        {
            return IggyStatus.InvalidIndexesSize;
        }

        var indexBytes = (int)request.Count * ClassicMessage.IndexBytes;
        var area = rest[indexBytes..];
        request = request with { Layout = MessageLayout.Classic, Area = area };
        return CheckSent(rest[..indexBytes], area);
    }

    /// <inheritdoc/>
    public IggyStatus TryReadPoll(ReadOnlySpan<byte> payload, bool verify, out PollReply reply)
    {
        if (!PollReply.TryReadPrefix(payload, MessageLayout.Classic, out reply))
        {
            return IggyStatus.InvalidFormat;
        }

        var rest = reply.Area;
        for (var left = reply.Count; left > 0; left--)
        {
            var status = ClassicMessage.TryRead(rest, out var size, out var message);
            if (status != IggyStatus.Ok)
            {
                return status;
            }

            if (verify && message.Checksum != ClassicMessage.ChecksumOf(rest[..size]))
            {
                return IggyStatus.InvalidMessageChecksum;
            }

            rest = rest[size..];
        }

        return rest.IsEmpty ? IggyStatus.Ok : IggyStatus.InvalidMessagesSize;
    }

    private static IggyStatus CheckSent(ReadOnlySpan<byte> indexes, ReadOnlySpan<byte> area)
    {
        var start = 0u;
        for (; !indexes.IsEmpty; indexes = indexes[ClassicMessage.IndexBytes..])
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(indexes) != 0)
            {
                return IggyStatus.NonZeroOffset;
            }

            if (BinaryPrimitives.ReadUInt64LittleEndian(indexes[8..]) != 0)
            {
                return IggyStatus.NonZeroTimestamp;
            }

            var end = BinaryPrimitives.ReadUInt32LittleEndian(indexes[4..]);
            if (end < start || end > (uint)area.Length)
            {
                return IggyStatus.InvalidMessagesSize;
            }

            var status = ClassicMessage.TryRead(area[(int)start..(int)end], out var size, out _);
            if (status != IggyStatus.Ok || size != (int)(end - start))
            {
                return status != IggyStatus.Ok ? status : IggyStatus.InvalidMessagesSize;
            }

            start = end;
        }

        return start == (uint)area.Length ? IggyStatus.Ok : IggyStatus.InvalidMessagesSize;
    }
}
