namespace Chirps.Engine.Messaging;

/// <summary>Why a peer's node handed a message to nobody.</summary>
public enum RefusalReason : byte
{
    /// <summary>It has no subscriber for the topic.</summary>
    NoSubscriber = 1,

    /// <summary>The queue of every subscriber of the topic was full.</summary>
    SubscriberFull = 2,
}

/// <summary>One message that an acknowledgement settles as not handed over.</summary>
/// <param name="Sequence">Its number on the lane.</param>
/// <param name="Reason">Why.</param>
public readonly record struct Refusal(ulong Sequence, RefusalReason Reason);
