namespace Chirps.Quic;

/// <summary>Why a peer's certificate or identity was refused.</summary>
public enum PeerRefusal
{
    /// <summary>It was not refused.</summary>
    None,

    /// <summary>The peer presented no certificate.</summary>
    NoCertificate,

    /// <summary>The chain does not lead to an authority we trust, or a signature in it is wrong.</summary>
    UntrustedAuthority,

    /// <summary>The certificate's time has passed.</summary>
    Expired,

    /// <summary>The certificate's time has not come, or our clock is behind.</summary>
    NotYetValid,

    /// <summary>The certificate is not meant for this side of TLS (extended key usage).</summary>
    WrongPurpose,

    /// <summary>The certificate does not name exactly one <c>chirps://cluster/node</c>.</summary>
    NoIdentity,

    /// <summary>The certificate belongs to another cluster.</summary>
    WrongCluster,

    /// <summary>Another node than the expected one answered.</summary>
    WrongNode,
}
