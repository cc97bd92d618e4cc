namespace Chirps.Iggy.Protocol.Messages;

/// <summary>A send as a server reads it: a view of the request's payload, fully checked.</summary>
internal readonly ref struct SendRequest
{
    /// <summary>Which stream.</summary>
    public IggyIdentifier Stream { get; init; }

    /// <summary>Which topic.</summary>
    public IggyIdentifier Topic { get; init; }

    /// <summary>Which partition.</summary>
    public Partitioning Partitioning { get; init; }

    /// <summary>How many messages, at least one.</summary>
    public uint Count { get; init; }

    /// <summary>How the messages lie in <see cref="Area"/>.</summary>
    public MessageLayout Layout { get; init; }

    /// <summary>The messages as they lie on the wire. In the classic layout they may be stamped and stored as they are.</summary>
    public ReadOnlySpan<byte> Area { get; init; }

    /// <summary>The messages one by one.</summary>
    public MessageReader Messages => new(Area, Layout);
}
