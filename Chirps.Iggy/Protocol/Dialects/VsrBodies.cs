using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Chirps.Iggy.Protocol.Messages;
using Chirps.Iggy.Protocol.Records;
using Chirps.Iggy.Protocol.Requests;

namespace Chirps.Iggy.Protocol.Dialects;

/// <summary>Payloads of the VSR dialect, servers 0.9.</summary>
internal sealed class VsrBodies : IBodyCodec
{
    private const byte QuorumAcknowledgement = 1;

    /// <inheritdoc/>
    public IggyCommand WriteLogin(WireBuffer buffer, LoginRequest login)
    {
        buffer.WriteUInt32(login.ProtocolVersion);
        buffer.WriteName(login.SdkName);
        buffer.WriteName(login.SdkVersion);
        if (login.Token is not null)
        {
            buffer.WriteName(login.Token);
        }
        else
        {
            buffer.WriteName(login.User ?? "");
            buffer.WriteName(login.Password ?? "");
        }

        buffer.WriteLongText(login.Context);
        return login.Token is null ? IggyCommand.LoginRegister : IggyCommand.LoginRegisterWithToken;
    }

    /// <inheritdoc/>
    /// <remarks>The frame does not say which of the two logins it is: the password's shape is tried first.</remarks>
    public bool TryReadLogin(IggyCommand command, ReadOnlySpan<byte> payload, [NotNullWhen(true)] out LoginRequest? login)
        => TryReadLogin(payload, byToken: false, out login) || TryReadLogin(payload, byToken: true, out login);

    /// <inheritdoc/>
    public void WriteLoginReply(WireBuffer buffer, in LoginReply reply)
    {
        buffer.WriteUInt32(reply.UserId);
        buffer.WriteUInt64(reply.Session);
        buffer.WriteUInt32(reply.ProtocolVersion);
        buffer.WriteName(reply.ServerVersion);
    }

    /// <inheritdoc/>
    public bool TryReadLoginReply(ReadOnlySpan<byte> payload, out LoginReply reply)
    {
        reply = default;
        var reader = new WireReader(payload);
        if (!reader.TryReadUInt32(out var userId) || !reader.TryReadUInt64(out var session) || !reader.TryReadUInt32(out var version) || !reader.TryReadName(out var serverVersion))
        {
            return false;
        }

        reply = new LoginReply(userId, session, version, serverVersion);
        return true;
    }

    /// <inheritdoc/>
    public void WriteTopic(WireBuffer buffer, in TopicShape shape)
    {
        var settings = shape.Settings;
        buffer.WriteName(shape.Name);
        if (settings.ExpiryMicroseconds != 0)
        {
            WriteNumber(buffer, TopicOptions.ExpiryKey, settings.ExpiryMicroseconds);
        }

        if (settings.SizeBytesMax != 0)
        {
            WriteNumber(buffer, TopicOptions.SizeKey, settings.SizeBytesMax);
        }

        if (settings.Compression == CompressionKind.Gzip)
        {
            WriteOption(buffer, TopicOptions.CompressionKey, HeaderKind.Text, "gzip"u8);
        }

        buffer.WriteBytes(settings.Options.Span);
    }

    /// <inheritdoc/>
    public bool TryReadTopic(ref WireReader reader, out TopicShape shape)
    {
        shape = default;
        if (!reader.TryReadName(out var name) || !TryTakeOptions(ref reader, out var options) || !TopicOptions.TryRead(options, out var settings))
        {
            return false;
        }

        shape = new TopicShape(name, settings);
        return true;
    }

    /// <inheritdoc/>
    public void WriteNoOptions(WireBuffer buffer)
    {
    }

    /// <inheritdoc/>
    public bool TrySkipOptions(ref WireReader reader) => TryTakeOptions(ref reader, out _);

    /// <inheritdoc/>
    public void WriteAcknowledgement(WireBuffer buffer) => buffer.WriteByte(QuorumAcknowledgement);

    /// <inheritdoc/>
    public bool TrySkipAcknowledgement(ref WireReader reader) => reader.TryReadFlag(out _);

    /// <inheritdoc/>
    public void WriteStream(WireBuffer buffer, StreamInfo stream)
    {
        RecordFields.WriteStream(buffer, stream);
        buffer.WriteUInt32(0);
    }

    /// <inheritdoc/>
    public bool TryReadStream(ref WireReader reader, [NotNullWhen(true)] out StreamInfo? stream)
        => RecordFields.TryReadStream(ref reader, out stream) && reader.TryReadLongBytes(out _);

    /// <inheritdoc/>
    public void WriteTopicRecord(WireBuffer buffer, TopicInfo topic)
    {
        RecordFields.WriteTopic(buffer, topic, replication: false);
        buffer.WriteLongBytes(topic.Settings.Options.Span);
        buffer.WriteUInt32(0);
    }

    /// <inheritdoc/>
    public bool TryReadTopicRecord(ref WireReader reader, [NotNullWhen(true)] out TopicInfo? topic)
    {
        if (!RecordFields.TryReadTopic(ref reader, replication: false, out topic) || !reader.TryReadLongBytes(out var chosen) || !reader.TryReadLongBytes(out _))
        {
            return false;
        }

        topic = topic with { Settings = topic.Settings with { Options = chosen.ToArray() } };
        return true;
    }

    /// <inheritdoc/>
    public void WriteUser(WireBuffer buffer, UserInfo user)
    {
        RecordFields.WriteUser(buffer, user);
        buffer.WriteUInt32(0);
    }

    /// <inheritdoc/>
    public bool TryReadUser(ref WireReader reader, [NotNullWhen(true)] out UserInfo? user)
        => RecordFields.TryReadUser(ref reader, out user) && reader.TryReadLongBytes(out _);

    /// <inheritdoc/>
    public void WriteTopicCount(WireBuffer buffer, int count) => buffer.WriteUInt32((uint)count);

    /// <inheritdoc/>
    public bool TrySkipTopicCount(ref WireReader reader) => reader.TryReadUInt32(out _);

    private static bool TryReadLogin(ReadOnlySpan<byte> payload, bool byToken, [NotNullWhen(true)] out LoginRequest? login)
    {
        login = null;
        var reader = new WireReader(payload);
        var password = "";
        if (!reader.TryReadUInt32(out var version)
            || !reader.TryReadName(out var sdkName)
            || !reader.TryReadName(out var sdkVersion)
            || !reader.TryReadName(out var first)
            || (!byToken && !reader.TryReadName(out password))
            || !reader.TryReadLongText(out var context)
            || !reader.IsEmpty)
        {
            return false;
        }

        login = new LoginRequest
        {
            User = byToken ? null : first,
            Password = byToken ? null : password,
            Token = byToken ? first : null,
            SdkName = sdkName,
            SdkVersion = sdkVersion,
            Context = context,
            ProtocolVersion = version,
        };
        return true;
    }

    private static bool TryTakeOptions(ref WireReader reader, out ReadOnlySpan<byte> options)
    {
        options = reader.Rest;
        return options.Length <= TopicOptions.BytesMax && UserHeaders.AreValid(options) && reader.TryReadBytes((uint)options.Length, out _);
    }

    private static void WriteNumber(WireBuffer buffer, ReadOnlySpan<byte> key, ulong value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        WriteOption(buffer, key, HeaderKind.Unsigned64, bytes);
    }

    private static void WriteOption(WireBuffer buffer, ReadOnlySpan<byte> key, HeaderKind kind, ReadOnlySpan<byte> value)
    {
        buffer.WriteByte((byte)HeaderKind.Text);
        buffer.WriteLongBytes(key);
        buffer.WriteByte((byte)kind);
        buffer.WriteLongBytes(value);
    }
}
