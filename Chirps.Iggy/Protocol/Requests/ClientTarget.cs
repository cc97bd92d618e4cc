using Chirps.Iggy.Protocol.Dialects;

namespace Chirps.Iggy.Protocol.Requests;

/// <summary>Names a client.</summary>
/// <param name="Client">Which client.</param>
internal readonly record struct ClientTarget(uint Client) : IRequest<ClientTarget>
{
    /// <inheritdoc/>
    public void Write(WireBuffer buffer, IBodyCodec bodies)
    {
        buffer.WriteUInt32(Client);
    }

    /// <inheritdoc/>
    public static bool TryRead(ReadOnlySpan<byte> payload, IBodyCodec bodies, out ClientTarget request)
    {
        request = default;
        var reader = new WireReader(payload);
        if (!reader.TryReadUInt32(out var client) || !reader.IsEmpty)
        {
            return false;
        }

        request = new ClientTarget(client);
        return true;
    }
}
