namespace Chirps.Engine.Wire;

/// <summary>What a datagram is for; byte 1 of the header.</summary>
public enum MessageKind : byte
{
    /// <summary>Facts only; never answered for itself.</summary>
    Gossip = 1,

    /// <summary>Asks the addressed identity for an ack.</summary>
    Ping = 2,

    /// <summary>Asks a member to ping another and to report.</summary>
    PingRequest = 3,

    /// <summary>Answers a ping, a relayed ping or a leave.</summary>
    Ack = 4,

    /// <summary>Announces that the sender goes.</summary>
    Leave = 5,

    /// <summary>A part of the sender's whole table.</summary>
    AntiEntropy = 6,

    /// <summary>Answers a ping request: no ack so far.</summary>
    Nack = 7,

    /// <summary>Asks for the whole table and introduces the sender.</summary>
    Join = 8,

    /// <summary>Answers a ping meant for somebody else, or for an earlier process of the same name.</summary>
    WrongIdentity = 9,

    /// <summary>One hash for each bucket of names over the key-values the sender holds: answered where they differ.</summary>
    StateSummary = 10,

    /// <summary>How far the sender's copies of key-values go.</summary>
    StateDigest = 11,

    /// <summary>Key-values the receiver lacks.</summary>
    StateDelta = 12,

    /// <summary>One hash for each bucket of names over the sender's table: answered where they differ.</summary>
    TableSummary = 13,

    /// <summary>The newest heartbeats the sender has heard of.</summary>
    Heartbeats = 14,
}
