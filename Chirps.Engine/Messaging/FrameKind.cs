namespace Chirps.Engine.Messaging;

/// <summary>What a frame is; the byte behind its length.</summary>
public enum FrameKind : byte
{
    /// <summary>The first frame of a connection in each direction: the sender's process and what it takes.</summary>
    Hello = 1,

    /// <summary>Opens a lane on a stream; comes again after <see cref="Lost"/>.</summary>
    Open = 2,

    /// <summary>A message that is acknowledged.</summary>
    Message = 3,

    /// <summary>A message whose id its receiver remembers, so that the caller may send it again.</summary>
    Repeatable = 4,

    /// <summary>Stands for a message that was given up after an earlier attempt to send it.</summary>
    Skip = 5,

    /// <summary>Acknowledges the messages of the other direction of the same stream.</summary>
    Acknowledge = 6,

    /// <summary>Answers <see cref="Open"/>: the receiver does not know this epoch and discards what follows until the next <see cref="Open"/>.</summary>
    Lost = 7,

    /// <summary>A best-effort message that did not fit in a datagram; the only frame of its stream.</summary>
    Ephemeral = 8,

    /// <summary>Asks the peer, who dialled this connection, to dial again.</summary>
    Renew = 9,
}

/// <summary>Why bytes are no frame. A closed set: it becomes a metric label.</summary>
public enum FrameFault
{
    /// <summary>No fault.</summary>
    None,

    /// <summary>Shorter than its kind needs.</summary>
    Truncated,

    /// <summary>Its length is above the limit.</summary>
    TooLong,

    /// <summary>A kind, or a protocol version, this node does not know.</summary>
    Unknown,

    /// <summary>The topic is empty or not UTF-8.</summary>
    BadTopic,

    /// <summary>A frame that may not come here: a message before its lane is open, a gap in the numbers, an acknowledgement of what was not sent.</summary>
    OutOfPlace,
}
