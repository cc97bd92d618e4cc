namespace Chirps.Engine.Messaging;

/// <summary>What a frame is; the byte behind its length.</summary>
public enum FrameKind : byte
{
    /// <summary>The first frame of a lane in each direction: protocol version, lane and generation of the sender.</summary>
    Hello = 1,

    /// <summary>A message that is acknowledged.</summary>
    Message = 2,

    /// <summary>Acknowledges the messages of the other direction of the same lane.</summary>
    Acknowledge = 3,

    /// <summary>The sender has moved to another connection and waits for nothing on this one.</summary>
    Drained = 4,

    /// <summary>A best-effort message that did not fit in a datagram; the only frame of its stream.</summary>
    Ephemeral = 5,
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

    /// <summary>A frame that may not come here: no hello first, a sequence out of order, an acknowledgement of what was not sent.</summary>
    OutOfPlace,
}
