using Chirps.Engine.Membership;
using Chirps.Iggy.Protocol;

namespace Chirps.Iggy.Backend;

/// <summary>
/// Where durable messages lie: a channel is a topic of the same name in the cluster's one Iggy stream. The rule is part of the
/// contract with readers and is described in <c>docs/durable.md</c>.
/// </summary>
public static class DurableChannels
{
    /// <summary>The channel of broadcasts: each message is stored here once, for every node.</summary>
    public const string Broadcast = "chirps.broadcast";

    /// <summary>Begins the names of channels that are Chirps' own.</summary>
    public const string ReservedPrefix = "chirps.";

    private const string InboxPrefix = "chirps.inbox.";
    private const string ConsumerPrefix = "chirps.node.";

    /// <summary>The channel of messages to one node.</summary>
    public static string Inbox(MemberId node) => InboxPrefix + node;

    /// <summary>Whether a channel belongs to one node. An inbox has one partition, and so one order.</summary>
    public static bool IsInbox(string channel) => channel.StartsWith(InboxPrefix, StringComparison.Ordinal);

    /// <summary>Whose inbox a channel is; <see langword="null"/> when it is none.</summary>
    internal static MemberId? NodeOf(string channel) => IsInbox(channel) && MemberId.TryParse(channel[InboxPrefix.Length..], out var node) ? node : null;

    /// <summary>How many partitions a channel gets when it is made.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="partitions">What is configured for channels that are no inbox.</param>
    public static int PartitionsOf(string channel, int partitions) => IsInbox(channel) ? 1 : partitions;

    /// <summary>Where in a channel a message goes: equal ordering keys to the same partition, and so in one order.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="orderingKey">1 to 255 bytes of UTF-8; the message's topic when the sender names none.</param>
    /// <exception cref="ArgumentException">The key is empty or too long.</exception>
    public static Partitioning PartitioningOf(string channel, string orderingKey)
        => IsInbox(channel) ? Partitioning.To(0) : Partitioning.ByKey(orderingKey);

    /// <summary>The consumer under whose name a node keeps how far it has read its channels.</summary>
    public static IggyConsumer Reader(MemberId node) => IggyConsumer.Of(ConsumerPrefix + node);
}
