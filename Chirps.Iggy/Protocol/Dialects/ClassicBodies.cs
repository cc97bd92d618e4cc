using System.Diagnostics.CodeAnalysis;
using Chirps.Iggy.Protocol.Records;
using Chirps.Iggy.Protocol.Requests;

namespace Chirps.Iggy.Protocol.Dialects;

/// <summary>Payloads of the classic dialect, servers 0.7 and 0.8.</summary>
internal sealed class ClassicBodies : IBodyCodec
{
    /// <inheritdoc/>
    public IggyCommand WriteLogin(WireBuffer buffer, LoginRequest login)
    {
        if (login.Token is not null)
        {
            buffer.WriteName(login.Token);
            return IggyCommand.LoginWithToken;
        }

        buffer.WriteName(login.User ?? "");
        buffer.WriteName(login.Password ?? "");
        buffer.WriteLongText(login.SdkVersion);
        buffer.WriteLongText(login.Context);
        return IggyCommand.LoginUser;
    }

    /// <inheritdoc/>
    public bool TryReadLogin(IggyCommand command, ReadOnlySpan<byte> payload, [NotNullWhen(true)] out LoginRequest? login)
    {
        login = null;
        var reader = new WireReader(payload);
        if (command == IggyCommand.LoginWithToken)
        {
            if (!reader.TryReadName(out var token) || !reader.IsEmpty)
            {
                return false;
            }

            login = new LoginRequest { Token = token };
            return true;
        }

        if (!reader.TryReadName(out var user)
            || !reader.TryReadName(out var password)
            || !reader.TryReadLongText(out var version)
            || !reader.TryReadLongText(out var context)
            || !reader.IsEmpty)
        {
            return false;
        }

        login = new LoginRequest { User = user, Password = password, SdkVersion = version, Context = context };
        return true;
    }

    /// <inheritdoc/>
    public void WriteLoginReply(WireBuffer buffer, in LoginReply reply) => buffer.WriteUInt32(reply.UserId);

    /// <inheritdoc/>
    public bool TryReadLoginReply(ReadOnlySpan<byte> payload, out LoginReply reply)
    {
        var reader = new WireReader(payload);
        var read = reader.TryReadUInt32(out var userId);
        reply = new LoginReply(userId, 0, 0, "");
        return read;
    }

    /// <inheritdoc/>
    public void WriteTopic(WireBuffer buffer, in TopicShape shape)
    {
        var settings = shape.Settings;
        buffer.WriteByte((byte)settings.Compression);
        buffer.WriteUInt64(settings.ExpiryMicroseconds);
        buffer.WriteUInt64(settings.SizeBytesMax);
        buffer.WriteByte(settings.ReplicationFactor);
        buffer.WriteName(shape.Name);
    }

    /// <inheritdoc/>
    public bool TryReadTopic(ref WireReader reader, out TopicShape shape)
    {
        shape = default;
        if (!reader.TryReadByte(out var compression)
            || compression is not ((byte)CompressionKind.None or (byte)CompressionKind.Gzip)
            || !reader.TryReadUInt64(out var expiry)
            || !reader.TryReadUInt64(out var sizeMax)
            || !reader.TryReadByte(out var replication)
            || !reader.TryReadName(out var name))
        {
            return false;
        }

        shape = new TopicShape(name, new TopicSettings { Compression = (CompressionKind)compression, ExpiryMicroseconds = expiry, SizeBytesMax = sizeMax, ReplicationFactor = replication });
        return true;
    }

    /// <inheritdoc/>
    public void WriteNoOptions(WireBuffer buffer)
    {
    }

    /// <inheritdoc/>
    public bool TrySkipOptions(ref WireReader reader) => true;

    /// <inheritdoc/>
    public void WriteAcknowledgement(WireBuffer buffer)
    {
    }

    /// <inheritdoc/>
    public bool TrySkipAcknowledgement(ref WireReader reader) => true;

    /// <inheritdoc/>
    public void WriteStream(WireBuffer buffer, StreamInfo stream) => RecordFields.WriteStream(buffer, stream);

    /// <inheritdoc/>
    public bool TryReadStream(ref WireReader reader, [NotNullWhen(true)] out StreamInfo? stream) => RecordFields.TryReadStream(ref reader, out stream);

    /// <inheritdoc/>
    public void WriteTopicRecord(WireBuffer buffer, TopicInfo topic) => RecordFields.WriteTopic(buffer, topic, replication: true);

    /// <inheritdoc/>
    public bool TryReadTopicRecord(ref WireReader reader, [NotNullWhen(true)] out TopicInfo? topic) => RecordFields.TryReadTopic(ref reader, replication: true, out topic);

    /// <inheritdoc/>
    public void WriteUser(WireBuffer buffer, UserInfo user) => RecordFields.WriteUser(buffer, user);

    /// <inheritdoc/>
    public bool TryReadUser(ref WireReader reader, [NotNullWhen(true)] out UserInfo? user) => RecordFields.TryReadUser(ref reader, out user);

    /// <inheritdoc/>
    public void WriteTopicCount(WireBuffer buffer, int count)
    {
    }

    /// <inheritdoc/>
    public bool TrySkipTopicCount(ref WireReader reader) => true;
}
