namespace Chirps.Quic.SystemQuic;

/// <summary>What a <see cref="ControlFrame"/> says; the numbers travel.</summary>
internal enum ControlFrameKind : byte
{
    /// <summary>Your certificate is accepted.</summary>
    Accepted = 1,

    /// <summary>Your certificate is refused; the code is the <see cref="PeerRefusal"/>.</summary>
    Refused = 2,

    /// <summary>The application closes the connection.</summary>
    Closed = 3,

    /// <summary>The transport closes the connection, with a code of RFC 9000 section 20.1.</summary>
    Failed = 4,
}
