using Chirps.Engine.Membership;

namespace Chirps.Iggy.Durable;

/// <summary>How a node stands to the server of durable messages.</summary>
/// <param name="IsConnected">Whether there is a connection at this moment.</param>
/// <param name="Address">Where the server is, <c>host:port</c>; <see langword="null"/> while none is known.</param>
/// <param name="Host">The node that hosts it; the default value for a configured server, or none.</param>
/// <param name="Stream">The Iggy stream that holds the channels.</param>
/// <param name="Outbox">What waits on this node's disk.</param>
public sealed record DurableStatus(bool IsConnected, string? Address, MemberId Host, string Stream, OutboxReport Outbox)
{
    /// <summary>Whether a durable message sent now is accepted: the server is there, or the outbox has room.</summary>
    public bool IsReady => IsConnected || Outbox.HasRoom;
}

/// <summary>What waits in the outbox, and how much may.</summary>
/// <param name="Messages">Messages in it.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="MessagesMax">Messages that fit.</param>
/// <param name="BytesMax">Bytes that fit.</param>
public sealed record OutboxReport(int Messages, long Bytes, int MessagesMax, long BytesMax)
{
    /// <summary>Whether a small message fits.</summary>
    public bool HasRoom => Messages < MessagesMax && Bytes < BytesMax;
}
