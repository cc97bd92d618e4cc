namespace Chirps.Iggy.Protocol.Messages;

/// <summary>A message to send. Payload and headers must stay as they are until the send has ended.</summary>
/// <param name="payload">The payload.</param>
public readonly struct IggyMessage(ReadOnlyMemory<byte> payload)
{
    /// <summary>Its id, kept by the server; 0 lets the server make one.</summary>
    public UInt128 Id { get; init; }

    /// <summary>The payload, at most <see cref="IggyLimits.PayloadBytesMax"/> bytes.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; } = payload;

    /// <summary>User headers as <see cref="UserHeadersBuilder"/> encodes them, at most <see cref="IggyLimits.UserHeadersBytesMax"/> bytes.</summary>
    public ReadOnlyMemory<byte> UserHeaders { get; init; }

    /// <summary>The producer's time in microseconds since the Unix epoch, kept by the server; 0 for the time of the send.</summary>
    public ulong OriginMicroseconds { get; init; }
}
