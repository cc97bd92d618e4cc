using System.Diagnostics.CodeAnalysis;
using Chirps.Iggy.Protocol.Records;
using Chirps.Iggy.Protocol.Requests;

namespace Chirps.Iggy.Protocol.Dialects;

/// <summary>The payloads in which the dialects differ. Implementations keep no state.</summary>
internal interface IBodyCodec
{
    /// <summary>Appends a login's payload, and says under which command it goes.</summary>
    IggyCommand WriteLogin(WireBuffer buffer, LoginRequest login);

    /// <summary>Reads a login's payload.</summary>
    /// <param name="command">The command of the frame.</param>
    /// <param name="payload">The whole payload.</param>
    /// <param name="login">What was read.</param>
    /// <returns><see langword="false"/> for anything malformed.</returns>
    bool TryReadLogin(IggyCommand command, ReadOnlySpan<byte> payload, [NotNullWhen(true)] out LoginRequest? login);

    /// <summary>Appends the answer to a login.</summary>
    void WriteLoginReply(WireBuffer buffer, in LoginReply reply);

    /// <summary>Reads the answer to a login.</summary>
    bool TryReadLoginReply(ReadOnlySpan<byte> payload, out LoginReply reply);

    /// <summary>Appends name and settings of a topic to be created or changed.</summary>
    void WriteTopic(WireBuffer buffer, in TopicShape shape);

    /// <summary>Reads name and settings of a topic to be created or changed.</summary>
    bool TryReadTopic(ref WireReader reader, out TopicShape shape);

    /// <summary>Ends a request that could carry options, without any.</summary>
    void WriteNoOptions(WireBuffer buffer);

    /// <summary>Passes over the options a request may end with.</summary>
    bool TrySkipOptions(ref WireReader reader);

    /// <summary>Appends how an offset is to be acknowledged: by a quorum.</summary>
    void WriteAcknowledgement(WireBuffer buffer);

    /// <summary>Passes over how an offset is to be acknowledged.</summary>
    bool TrySkipAcknowledgement(ref WireReader reader);

    /// <summary>Appends a stream's record.</summary>
    void WriteStream(WireBuffer buffer, StreamInfo stream);

    /// <summary>Reads a stream's record.</summary>
    bool TryReadStream(ref WireReader reader, [NotNullWhen(true)] out StreamInfo? stream);

    /// <summary>Appends a topic's record.</summary>
    void WriteTopicRecord(WireBuffer buffer, TopicInfo topic);

    /// <summary>Reads a topic's record.</summary>
    bool TryReadTopicRecord(ref WireReader reader, [NotNullWhen(true)] out TopicInfo? topic);

    /// <summary>Appends a user's record.</summary>
    void WriteUser(WireBuffer buffer, UserInfo user);

    /// <summary>Reads a user's record.</summary>
    bool TryReadUser(ref WireReader reader, [NotNullWhen(true)] out UserInfo? user);

    /// <summary>Appends what goes before the list of a stream's topics.</summary>
    void WriteTopicCount(WireBuffer buffer, int count);

    /// <summary>Passes over what goes before the list of a stream's topics.</summary>
    bool TrySkipTopicCount(ref WireReader reader);
}
