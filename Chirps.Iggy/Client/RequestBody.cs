using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Dialects;
using Chirps.Iggy.Protocol.Requests;

namespace Chirps.Iggy.Client;

/// <summary>A request as a frame's body.</summary>
/// <typeparam name="T">The request.</typeparam>
/// <param name="request">The request.</param>
internal readonly struct RequestBody<T>(T request) : IRequestBody
    where T : IRequest<T>
{
    /// <inheritdoc/>
    public void Write(WireBuffer buffer, IIggyDialect dialect) => request.Write(buffer, dialect.Bodies);
}
