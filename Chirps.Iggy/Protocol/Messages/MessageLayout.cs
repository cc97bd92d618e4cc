namespace Chirps.Iggy.Protocol.Messages;

/// <summary>How messages lie on the wire.</summary>
internal enum MessageLayout
{
    /// <summary>Messages back to back, each with a header of 64 bytes.</summary>
    Classic,

    /// <summary>Batches with a header of 256 bytes, their messages with headers of 48 bytes (VSR).</summary>
    Batches,
}
