using Chirps.Engine.Membership;
using Chirps.Engine.Messaging;
using Chirps.Engine.Time;

namespace Chirps.Iggy.Backend;

/// <summary>What Chirps knows of a durable message besides its payload.</summary>
/// <param name="MessageId">Its id, the same in the sender's receipt and at every receiver; not empty. Also the id of the Iggy message, so that servers can tell a repeated send.</param>
/// <param name="Sender">Who sent it, as the sender says: whoever may write to the server could have written it.</param>
/// <param name="Topic">Which subscribers get it: 1 to 255 bytes of UTF-8.</param>
/// <param name="Timestamp">When it was sent, by the sender's hybrid clock.</param>
/// <param name="Target">To whom; the default value for everybody.</param>
/// <param name="OrderingKey">What the sender asked to be ordered by; <see langword="null"/> for the topic.</param>
/// <param name="Trace">The trace it belongs to, if any.</param>
public readonly record struct DurableHeader(
    Guid MessageId,
    MemberId Sender,
    string Topic,
    HybridTimestamp Timestamp,
    MemberId Target = default,
    string? OrderingKey = null,
    TraceContext Trace = default);
