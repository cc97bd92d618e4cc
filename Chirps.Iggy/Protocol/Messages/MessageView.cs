namespace Chirps.Iggy.Protocol.Messages;

/// <summary>One message: a view that lives no longer than the buffer it was read from.</summary>
public readonly ref struct MessageView
{
    /// <summary>XXH3 over the rest of the message in the layout it came in.</summary>
    internal ulong Checksum { get; init; }

    /// <summary>Its id; 0 in a send lets the server make one.</summary>
    public UInt128 Id { get; init; }

    /// <summary>Its offset in the partition. Without meaning in a send.</summary>
    public ulong Offset { get; init; }

    /// <summary>When the broker stored it, in microseconds since the Unix epoch; one value for all messages of a send. Without meaning in a send.</summary>
    public ulong BrokerMicroseconds { get; init; }

    /// <summary>The producer's time, in microseconds since the Unix epoch.</summary>
    public ulong OriginMicroseconds { get; init; }

    /// <summary>The payload.</summary>
    public ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>The user headers as the wire has them; go through them with <see cref="Messages.UserHeaders"/>.</summary>
    public ReadOnlySpan<byte> UserHeaders { get; init; }
}
