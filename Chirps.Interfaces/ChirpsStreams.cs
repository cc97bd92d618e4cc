namespace Chirps;

/// <summary>The Orleans streams a silo with a mesh node offers.</summary>
public static class ChirpsStreams
{
    /// <summary>Name of the stream provider.</summary>
    public const string Provider = "chirps";

    /// <summary>Namespace of the membership stream.</summary>
    public const string MembershipNamespace = "chirps.membership";

    /// <summary>Key of the one membership stream.</summary>
    public const string MembershipKey = "events";

    /// <summary>Namespace of the message streams; the key is the topic.</summary>
    public const string MessagesNamespace = "chirps.messages";

    /// <summary>Namespace of the stream about the outbox.</summary>
    public const string OutboxNamespace = "chirps.durable";

    /// <summary>Key of the one stream about the outbox.</summary>
    public const string OutboxKey = "outbox";

    /// <summary>Longest topic, in bytes of UTF-8.</summary>
    public const int TopicBytesMax = 255;

    /// <summary>Namespace of the streams of key-values; the key is a prefix of keys.</summary>
    public const string StateNamespace = "chirps.state";

    /// <summary>Prefix that stands for all keys.</summary>
    public const string AllKeys = "*";

    /// <summary>The stream of <see cref="MembershipEvent"/>.</summary>
    public static StreamId Membership { get; } = StreamId.Create(MembershipNamespace, MembershipKey);

    /// <summary>The stream of <see cref="OutboxEvent"/>: what becomes of durable messages that were queued on this silo's node.</summary>
    public static StreamId Outbox { get; } = StreamId.Create(OutboxNamespace, OutboxKey);

    /// <summary>The stream of <see cref="MeshMessage"/> of one topic.</summary>
    /// <param name="topic">1 to 255 bytes of UTF-8.</param>
    public static StreamId Messages(string topic) => StreamId.Create(MessagesNamespace, topic);

    /// <summary>The stream of <see cref="StateEvent"/> of some keys of all nodes.</summary>
    /// <param name="prefix">A part of keys that ends with <c>/</c>, a whole key, or <see cref="AllKeys"/>: a change of <c>jobs/7/owner</c> is on
    /// the streams <c>jobs/</c>, <c>jobs/7/</c>, <c>jobs/7/owner</c> and of all keys.</param>
    public static StreamId State(string prefix) => StreamId.Create(StateNamespace, prefix);

    /// <summary>Name of the provider of durable streams.</summary>
    public const string DurableProvider = "chirps-durable";

    /// <summary>Namespace of the durable streams; the key is the channel.</summary>
    public const string DurableNamespace = "durable";

    /// <summary>Ends the name of the channel with what could not be delivered of another.</summary>
    public const string DeadLetterSuffix = ".dead";

    /// <summary>The stream of <see cref="DurableEntry"/> of one channel.</summary>
    /// <param name="channel">1 to 255 bytes of UTF-8.</param>
    public static StreamId Durable(string channel) => StreamId.Create(DurableNamespace, channel);
}
