using Chirps.Iggy.Protocol.Dialects;

namespace Chirps.Iggy.Protocol.Requests;

/// <summary>The payload of a request: written by a client, read by a server.</summary>
/// <typeparam name="TSelf">The payload itself.</typeparam>
internal interface IRequest<TSelf>
    where TSelf : IRequest<TSelf>
{
    /// <summary>Appends the payload.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="bodies">The dialect's way of what differs between dialects.</param>
    void Write(WireBuffer buffer, IBodyCodec bodies);

    /// <summary>Reads a payload, which must end where the request ends. What is read keeps no view of the input.</summary>
    /// <param name="payload">The whole payload.</param>
    /// <param name="bodies">The dialect's way of what differs between dialects.</param>
    /// <param name="request">What was read.</param>
    /// <returns><see langword="false"/> for anything malformed, which a server answers with <see cref="IggyStatus.InvalidCommand"/>.</returns>
    static abstract bool TryRead(ReadOnlySpan<byte> payload, IBodyCodec bodies, out TSelf request);
}
