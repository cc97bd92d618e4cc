namespace Chirps.Engine.Wire;

/// <summary>Byte 20 of the header.</summary>
[Flags]
internal enum MessageFlags : byte
{
    /// <summary>Nothing special.</summary>
    None = 0,

    /// <summary>The sender wants an ack and will retry: leave.</summary>
    RequestAck = 1,

    /// <summary>The sender wants the receiver's side in return: anti-entropy, state digest.</summary>
    RequestTable = 2,

    /// <summary>This table answers a request: anti-entropy.</summary>
    Answer = 4,

    /// <summary>The sender is about to declare the member of the first fact dead; who holds a newer fact answers with it: gossip.</summary>
    RequestNews = 8,
}
