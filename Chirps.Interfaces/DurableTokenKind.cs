namespace Chirps;

/// <summary>What a <see cref="DurableToken"/> names.</summary>
public enum DurableTokenKind
{
    /// <summary>The oldest message retained in each partition.</summary>
    Beginning,

    /// <summary>The first messages stored at an instant or after it, by the server's clock.</summary>
    Instant,

    /// <summary>One message; in other partitions those stored at the same instant or after it.</summary>
    Offset,

    /// <summary>Behind what a named reader has finished.</summary>
    Resume,

    /// <summary>A message as it was delivered: the place in every partition is known.</summary>
    Delivered,

    /// <summary>Behind some messages, in every partition. Orleans passes such tokens between its own parts; subscribers get none.</summary>
    Behind,
}
