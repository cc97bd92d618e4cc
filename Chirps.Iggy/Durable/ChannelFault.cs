namespace Chirps.Iggy.Durable;

/// <summary>Why a channel could not be reached or read.</summary>
public enum ChannelFault
{
    /// <summary>No server of durable messages is known.</summary>
    NoServer,

    /// <summary>The server is known, and did not answer; or another one took its place meanwhile.</summary>
    Unavailable,

    /// <summary>There is no channel of that name.</summary>
    UnknownChannel,

    /// <summary>The channel has no such partition.</summary>
    UnknownPartition,

    /// <summary>The server refused; the message has its code.</summary>
    Refused,
}
