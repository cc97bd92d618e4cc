namespace Chirps.Iggy.Protocol.Dialects;

/// <summary>Tells the dialects apart by their first bytes.</summary>
internal static class DialectDetection
{
    /// <summary>Bytes a server must have received to tell.</summary>
    public const int BytesNeeded = 8;

    /// <summary>The dialect of a client: VSR headers begin with zeros, a classic request with a length of at least 4.</summary>
    /// <param name="received">The first <see cref="BytesNeeded"/> bytes a client sent, or more.</param>
    public static IIggyDialect OfClient(ReadOnlySpan<byte> received)
        => received[..BytesNeeded].ContainsAnyExcept((byte)0) ? ClassicDialect.Instance : VsrDialect.Instance;

    /// <summary>Whether a server answered a VSR ping in VSR.</summary>
    /// <param name="received">The first bytes the server sent.</param>
    public static bool IsVsrReply(ReadOnlySpan<byte> received)
        => received.Length >= VsrFrames.HeaderBytes && !received[..BytesNeeded].ContainsAnyExcept((byte)0) && received[VsrFrames.KindAt] == VsrFrames.ReplyKind;
}
