using System.Text;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using Chirps.Iggy.Durable;

namespace Chirps.Silo.Http;

/// <summary>Answer of <c>/api/channels</c>.</summary>
internal sealed record ChannelsReply(ServerReply Server, OutboxReply Outbox, IReadOnlyList<ChannelReport> Channels);

/// <summary>The server of durable messages.</summary>
internal sealed record ServerReply(bool Connected, string? Url, string? Host, string Stream)
{
    public static ServerReply Of(DurableStatus status)
        => new(status.IsConnected, status.Address, status.Host.IsDefault ? null : status.Host.ToString(), status.Stream);
}

/// <summary>What waits for the server on the node's disk.</summary>
internal sealed record OutboxReply(int Messages, long Bytes, int MessagesMax, long BytesMax)
{
    public static OutboxReply Of(OutboxReport report) => new(report.Messages, report.Bytes, report.MessagesMax, report.BytesMax);
}

/// <summary>Answer of <c>/api/lag</c>.</summary>
internal sealed record LagReply(string Channel, IReadOnlyList<ConsumerLagReply> Consumers);

/// <summary>How far one consumer has come.</summary>
internal sealed record ConsumerLagReply(string Consumer, bool Group, ulong Lag, IReadOnlyList<PartitionLag> Partitions)
{
    public static ConsumerLagReply Of(ConsumerLag lag) => new(lag.Consumer, lag.IsGroup, lag.Lag, lag.Partitions);
}

/// <summary>One line of <c>/api/replay</c>: exactly one member is set.</summary>
internal sealed record ReplayLine
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public object? Subscribed { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReplayMessage? Message { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public GapReply? Gap { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReplayEnd? End { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; init; }

    public static ReplayLine Of(ReplayItem item) => item.Gap is { } gap
        ? new ReplayLine { Gap = new GapReply(item.Partition, gap.Wanted, gap.First, gap.Next) }
        : new ReplayLine { Message = ReplayMessage.Of(item) };

    /// <summary>What it is, and the member, for server-sent events.</summary>
    public (string Kind, object Data) Event()
        => Message is not null ? ("message", Message)
            : Gap is not null ? ("gap", Gap)
            : End is not null ? ("end", End)
            : Error is not null ? ("error", new { error = Error })
            : (StreamEndpoints.SubscribedEvent, new { });
}

/// <summary>A replayed message: text when it is UTF-8, always base64. Of messages that other programs stored only place and payload are known.</summary>
internal sealed record ReplayMessage(
    int Partition, ulong Offset, DateTimeOffset StoredAt, string? From, string? Topic, string? Key, Guid? MessageId, string Base64, string? Text)
{
    public static ReplayMessage Of(ReplayItem item) => new(
        item.Partition,
        item.Offset,
        item.StoredAt,
        item.Header?.Sender.ToString(),
        item.Header?.Topic,
        item.Header?.OrderingKey,
        item.Header?.MessageId,
        Convert.ToBase64String(item.Payload),
        Utf8.IsValid(item.Payload) ? Encoding.UTF8.GetString(item.Payload) : null);
}

/// <summary>Messages that are not there any more; retained are those from first to below next.</summary>
internal sealed record GapReply(int Partition, ulong Wanted, ulong First, ulong Next);

/// <summary>A replay ended by itself.</summary>
internal sealed record ReplayEnd(long Messages);
