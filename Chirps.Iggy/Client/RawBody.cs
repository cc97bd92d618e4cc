using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Dialects;

namespace Chirps.Iggy.Client;

/// <summary>Bytes as a frame's body.</summary>
/// <param name="bytes">The bytes.</param>
internal readonly struct RawBody(ReadOnlyMemory<byte> bytes) : IRequestBody
{
    /// <inheritdoc/>
    public void Write(WireBuffer buffer, IIggyDialect dialect) => buffer.WriteBytes(bytes.Span);
}
