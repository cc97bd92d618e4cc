namespace Chirps.Grains.DurableStream;

/// <summary>Why a message could not be delivered. The names, in small letters, are tags and headers.</summary>
internal enum DeadLetterReason
{
    /// <summary>The delivery failed, elsewhere or on the way to a subscriber in another process.</summary>
    Failed,

    /// <summary>The subscriber's handler failed.</summary>
    Refused,

    /// <summary>The subscriber's handler did not end.</summary>
    Unanswered,
}
