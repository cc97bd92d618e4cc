namespace Chirps;

/// <summary>How one message is sent, where the node's defaults do not fit.</summary>
/// <param name="Deadline">How long the call may take before it answers without certainty. <see langword="null"/>: the node's <c>Limits:ControlDeadline</c>.</param>
/// <param name="NoWait">Fail at once with <see cref="SendFailure.QueueFull"/> or <see cref="SendFailure.NotConnected"/> instead of waiting for room or for a connection.</param>
[GenerateSerializer, Immutable, Alias("Chirps.SendOptions")]
public sealed record SendOptions([property: Id(0)] TimeSpan? Deadline = null, [property: Id(1)] bool NoWait = false);
