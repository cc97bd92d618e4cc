using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Chirps.Quic.Native;

namespace Chirps.Quic;

/// <summary>Judges a peer's certificate: chain, time and purpose by GnuTLS, the identity by us.</summary>
internal static unsafe class PeerVerifier
{
    /// <summary>Alerts (RFC 8446 section 6.2) that speak about a certificate or whom it names.</summary>
    private const byte AlertBadCertificate = 42;
    private const byte AlertUnsupportedCertificate = 43;
    private const byte AlertCertificateRevoked = 44;
    private const byte AlertCertificateExpired = 45;
    private const byte AlertCertificateUnknown = 46;
    private const byte AlertUnknownAuthority = 48;
    private const byte AlertAccessDenied = 49;
    private const byte AlertCertificateRequired = 116;

    /// <summary>QUIC carries TLS alerts as 0x100 plus the alert (RFC 9001 section 4.8).</summary>
    private const ulong CryptoErrorBase = 0x100;

    /// <param name="session">The TLS session whose peer has sent its certificate.</param>
    /// <param name="known">What was found good lately under the authorities of the session.</param>
    /// <param name="peerIsClient">Which purpose the certificate must serve.</param>
    /// <param name="own">We; the peer must be of our cluster.</param>
    /// <param name="expectedNode">The node that must be named, or null.</param>
    public static PeerVerdict Judge(void* session, VerifiedChains known, bool peerIsClient, TransportIdentity own, string? expectedNode)
    {
        uint count = 0;
        var chain = GnuTls.GetPeers(session, &count);
        if (chain == null || count == 0)
        {
            return new PeerVerdict(PeerRefusal.NoCertificate, null, "no certificate was presented");
        }

        var now = DateTimeOffset.UtcNow;
        var key = VerifiedChains.KeyOf(chain, count, peerIsClient);
        if (known.TryGet(key, now, out var knownIdentity, out var notAfter))
        {
            return PeerRules.Judge(knownIdentity, own, expectedNode) with { NotAfter = notAfter };
        }

        X509Certificate2 certificate;
        try
        {
            certificate = X509CertificateLoader.LoadCertificate(new ReadOnlySpan<byte>(chain->Data, (int)chain->Size));
        }
        catch (CryptographicException e)
        {
            return new PeerVerdict(PeerRefusal.UntrustedAuthority, null, $"the certificate cannot be parsed: {e.Message}");
        }

        using (certificate)
        {
            var named = CertificateIdentity.TryRead(certificate, out var identity, out var problem);
            TransportIdentity? peer = named ? identity : null;
            var refusal = JudgeChain(session, peerIsClient, certificate, out var detail);
            if (refusal != PeerRefusal.None)
            {
                return new PeerVerdict(refusal, peer, detail);
            }

            if (!named)
            {
                return new PeerVerdict(PeerRefusal.NoIdentity, null, problem);
            }

            known.Add(key, now, identity, certificate.NotAfter);
            return PeerRules.Judge(identity, own, expectedNode) with { NotAfter = certificate.NotAfter };
        }
    }

    /// <summary>The alert that tells a peer why it is refused.</summary>
    public static byte AlertFor(PeerRefusal refusal) => refusal switch
    {
        PeerRefusal.NoCertificate => AlertCertificateRequired,
        PeerRefusal.UntrustedAuthority => AlertUnknownAuthority,
        PeerRefusal.Expired => AlertCertificateExpired,
        PeerRefusal.WrongPurpose => AlertUnsupportedCertificate,
        PeerRefusal.WrongCluster or PeerRefusal.WrongNode => AlertAccessDenied,
        _ => AlertBadCertificate,
    };

    /// <summary>Whether a peer's TLS alert means that it wanted a certificate we did not present.</summary>
    public static bool IsMissingCertificate(byte alert) => alert == AlertCertificateRequired;

    /// <summary>Reads why a peer refused us from the error it closed with.</summary>
    /// <param name="code">The transport error code.</param>
    /// <param name="reason">The peer's words; those of our own kind start with the name of the refusal.</param>
    /// <param name="refusal">Why; a guess by the alert when the words do not tell.</param>
    /// <returns><see langword="false"/> when the error does not speak about our certificate.</returns>
    public static bool TryReadRefusal(ulong code, string reason, out PeerRefusal refusal)
    {
        refusal = (code - CryptoErrorBase) switch
        {
            AlertCertificateRequired => PeerRefusal.NoCertificate,
            AlertUnknownAuthority or AlertCertificateRevoked or AlertCertificateUnknown => PeerRefusal.UntrustedAuthority,
            AlertCertificateExpired => PeerRefusal.Expired,
            AlertUnsupportedCertificate => PeerRefusal.WrongPurpose,
            AlertAccessDenied => PeerRefusal.WrongNode,
            AlertBadCertificate => PeerRefusal.NoIdentity,
            _ => PeerRefusal.None,
        };
        if (refusal == PeerRefusal.None)
        {
            return false;
        }

        var colon = reason.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0 && Enum.TryParse<PeerRefusal>(reason.AsSpan(0, colon), out var told) && Enum.IsDefined(told) && told != PeerRefusal.None)
        {
            refusal = told;
        }

        return true;
    }

    private static PeerRefusal JudgeChain(void* session, bool peerIsClient, X509Certificate2 certificate, out string detail)
    {
        uint status = 0;
        int result;
        fixed (byte* purpose = peerIsClient ? "1.3.6.1.5.5.7.3.2\0"u8 : "1.3.6.1.5.5.7.3.1\0"u8)
        {
            GnuTlsTypedData requirement;
            requirement.Type = GnuTlsTypedData.KeyPurposeOid;
            requirement.Data = purpose;
            requirement.Size = 0;
            result = GnuTls.VerifyPeers(session, &requirement, 1, &status);
        }

        if (result < 0)
        {
            detail = $"the chain cannot be verified: {GnuTls.Describe(result)}";
            return PeerRefusal.UntrustedAuthority;
        }

        const uint KnownBits = GnuTls.StatusInvalid | GnuTls.StatusExpired | GnuTls.StatusNotActivated | GnuTls.StatusPurposeMismatch;
        if ((status & ~KnownBits) != 0)
        {
            detail = $"the chain does not lead to a trusted authority (status 0x{status:x})";
            return PeerRefusal.UntrustedAuthority;
        }

        if ((status & GnuTls.StatusExpired) != 0)
        {
            detail = $"the certificate expired at {certificate.NotAfter.ToUniversalTime():u}";
            return PeerRefusal.Expired;
        }

        if ((status & GnuTls.StatusNotActivated) != 0)
        {
            detail = $"the certificate is not valid before {certificate.NotBefore.ToUniversalTime():u}";
            return PeerRefusal.NotYetValid;
        }

        if ((status & GnuTls.StatusPurposeMismatch) != 0)
        {
            detail = $"the certificate may not be used by a {(peerIsClient ? "client" : "server")}";
            return PeerRefusal.WrongPurpose;
        }

        detail = status == 0 ? string.Empty : "the certificate is invalid";
        return status == 0 ? PeerRefusal.None : PeerRefusal.UntrustedAuthority;
    }
}
