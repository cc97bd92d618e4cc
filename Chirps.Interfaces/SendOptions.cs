namespace Chirps;

/// <summary>How one message is sent, where the node's defaults do not fit.</summary>
/// <param name="Deadline">How long the call may take before it answers without certainty. <see langword="null"/>: the node's <c>Limits:ControlDeadline</c>.</param>
/// <param name="NoWait">Fail at once with <see cref="SendFailure.QueueFull"/> or <see cref="SendFailure.NotConnected"/> instead of waiting for room or for a connection.</param>
/// <param name="Lane">Control: which lane carries the message; see <see cref="MessageLane"/>. <see langword="null"/>: the data lane of its topic.
/// Messages of one lane keep their order and lanes do not wait for each other.</param>
/// <param name="MessageId">Control and Durable: the id of the message, chosen by a caller that may send it again after <see cref="SendOutcome.Unknown"/>. The
/// receiving node hands over only the first of the messages with one id, as long as it is among the last 4,096 such ids
/// from this node and the receiver was not restarted. Durable: the embedded server stores only the first of the messages with one id among the last 65,536 of a
/// partition. <see langword="null"/>: the node makes one, and a second send is a second message.</param>
/// <param name="OrderingKey">Durable: messages of a broadcast channel with equal keys keep their order; 1 to 255 bytes of UTF-8. <see langword="null"/>: the topic.</param>
[GenerateSerializer, Immutable, Alias("Chirps.SendOptions")]
public sealed record SendOptions(
    [property: Id(0)] TimeSpan? Deadline = null,
    [property: Id(1)] bool NoWait = false,
    [property: Id(2)] int? Lane = null,
    [property: Id(3)] Guid? MessageId = null,
    [property: Id(4)] string? OrderingKey = null);
