using System.Diagnostics.CodeAnalysis;
using Chirps.Iggy.Protocol.Records;

namespace Chirps.Iggy.Protocol.Dialects;

/// <summary>The fields the records of both dialects have in common.</summary>
internal static class RecordFields
{
    /// <summary>Appends a stream's fields.</summary>
    public static void WriteStream(WireBuffer buffer, StreamInfo stream)
    {
        buffer.WriteUInt32(stream.Id);
        buffer.WriteUInt64(stream.CreatedMicroseconds);
        buffer.WriteUInt32(stream.Topics);
        buffer.WriteUInt64(stream.SizeBytes);
        buffer.WriteUInt64(stream.Messages);
        buffer.WriteName(stream.Name);
    }

    /// <summary>Reads a stream's fields.</summary>
    public static bool TryReadStream(ref WireReader reader, [NotNullWhen(true)] out StreamInfo? stream)
    {
        stream = null;
        if (!reader.TryReadUInt32(out var id)
            || !reader.TryReadUInt64(out var created)
            || !reader.TryReadUInt32(out var topics)
            || !reader.TryReadUInt64(out var sizeBytes)
            || !reader.TryReadUInt64(out var messages)
            || !reader.TryReadName(out var name))
        {
            return false;
        }

        stream = new StreamInfo(id, created, topics, sizeBytes, messages, name);
        return true;
    }

    /// <summary>Appends a topic's fields.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="topic">The topic.</param>
    /// <param name="replication">Whether the replication factor is among them.</param>
    public static void WriteTopic(WireBuffer buffer, TopicInfo topic, bool replication)
    {
        buffer.WriteUInt32(topic.Id);
        buffer.WriteUInt64(topic.CreatedMicroseconds);
        buffer.WriteUInt32(topic.Partitions);
        buffer.WriteUInt64(topic.Settings.ExpiryMicroseconds);
        buffer.WriteByte((byte)topic.Settings.Compression);
        buffer.WriteUInt64(topic.Settings.SizeBytesMax);
        if (replication)
        {
            buffer.WriteByte(topic.Settings.ReplicationFactor);
        }

        buffer.WriteUInt64(topic.SizeBytes);
        buffer.WriteUInt64(topic.Messages);
        buffer.WriteName(topic.Name);
    }

    /// <summary>Reads a topic's fields.</summary>
    /// <param name="reader">Where from.</param>
    /// <param name="replication">Whether the replication factor is among them.</param>
    /// <param name="topic">What was read.</param>
    public static bool TryReadTopic(ref WireReader reader, bool replication, [NotNullWhen(true)] out TopicInfo? topic)
    {
        topic = null;
        byte factor = 0;
        if (!reader.TryReadUInt32(out var id)
            || !reader.TryReadUInt64(out var created)
            || !reader.TryReadUInt32(out var partitions)
            || !reader.TryReadUInt64(out var expiry)
            || !reader.TryReadByte(out var compression)
            || !reader.TryReadUInt64(out var sizeMax)
            || (replication && !reader.TryReadByte(out factor))
            || !reader.TryReadUInt64(out var sizeBytes)
            || !reader.TryReadUInt64(out var messages)
            || !reader.TryReadName(out var name))
        {
            return false;
        }

        var settings = new TopicSettings { Compression = (CompressionKind)compression, ExpiryMicroseconds = expiry, SizeBytesMax = sizeMax, ReplicationFactor = factor };
        topic = new TopicInfo(id, created, partitions, settings, sizeBytes, messages, name);
        return true;
    }

    /// <summary>Appends a user's fields.</summary>
    public static void WriteUser(WireBuffer buffer, UserInfo user)
    {
        buffer.WriteUInt32(user.Id);
        buffer.WriteUInt64(user.CreatedMicroseconds);
        buffer.WriteByte(user.Status);
        buffer.WriteName(user.Name);
    }

    /// <summary>Reads a user's fields.</summary>
    public static bool TryReadUser(ref WireReader reader, [NotNullWhen(true)] out UserInfo? user)
    {
        user = null;
        if (!reader.TryReadUInt32(out var id) || !reader.TryReadUInt64(out var created) || !reader.TryReadByte(out var status) || !reader.TryReadName(out var name))
        {
            return false;
        }

        user = new UserInfo(id, created, status, name);
        return true;
    }
}
