namespace Chirps.Iggy.Durable;

/// <summary>What can happen to messages in an outbox.</summary>
public enum OutboxChangeKind
{
    /// <summary>The server has stored them.</summary>
    Delivered,

    /// <summary>The server will not take them; they were given up.</summary>
    Refused,

    /// <summary>All that waited was delivered or given up.</summary>
    Emptied,
}
