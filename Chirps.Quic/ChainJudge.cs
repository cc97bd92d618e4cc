using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Chirps.Quic;

/// <summary>Judges certificates by the platform's chain engine, for providers that do not use GnuTLS. Any thread.</summary>
internal static class ChainJudge
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>What of a chain's status speaks about its time or purpose; anything else means that nobody we trust vouches for it.</summary>
    private const X509ChainStatusFlags TimeOrPurpose = X509ChainStatusFlags.NotTimeValid | X509ChainStatusFlags.NotValidForUsage;

    /// <summary>A policy that trusts our authorities alone and never asks the network.</summary>
    public static X509ChainPolicy CreatePolicy(X509Certificate2Collection authorities, bool peerIsClient)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(authorities);
        policy.ApplicationPolicy.Add(new Oid(peerIsClient ? ClientAuthentication : ServerAuthentication));
        return policy;
    }

    /// <param name="certificate">The peer's; null when it presented none.</param>
    /// <param name="chain">Built with a policy of <see cref="CreatePolicy"/>.</param>
    /// <param name="now">The wall-clock time.</param>
    /// <param name="peerIsClient">Which purpose the certificate must serve.</param>
    /// <param name="own">We.</param>
    /// <param name="expectedNode">The node that must be named, or null.</param>
    public static PeerVerdict Judge(X509Certificate2? certificate, X509Chain? chain, DateTimeOffset now, bool peerIsClient, TransportIdentity own, string? expectedNode)
    {
        if (certificate == null)
        {
            return new PeerVerdict(PeerRefusal.NoCertificate, null, "no certificate was presented");
        }

        var named = CertificateIdentity.TryRead(certificate, out var identity, out var problem);
        var refusal = JudgeChain(certificate, chain, now, peerIsClient, out var detail);
        if (refusal != PeerRefusal.None)
        {
            return new PeerVerdict(refusal, named ? identity : null, detail);
        }

        return named ? PeerRules.Judge(identity, own, expectedNode) : new PeerVerdict(PeerRefusal.NoIdentity, null, problem);
    }

    private static PeerRefusal JudgeChain(X509Certificate2 certificate, X509Chain? chain, DateTimeOffset now, bool peerIsClient, out string detail)
    {
        if (chain == null || chain.ChainElements.Count == 0)
        {
            detail = "the chain cannot be verified";
            return PeerRefusal.UntrustedAuthority;
        }

        var status = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status);
        if ((status & ~TimeOrPurpose) != 0)
        {
            detail = $"the chain does not lead to a trusted authority ({status})";
            return PeerRefusal.UntrustedAuthority;
        }

        if ((status & X509ChainStatusFlags.NotTimeValid) != 0)
        {
            var isEarly = chain.ChainElements.Any(element => element.Certificate.NotBefore.ToUniversalTime() > now.UtcDateTime);
            detail = isEarly
                ? $"the certificate is not valid before {certificate.NotBefore.ToUniversalTime():u}"
                : $"the certificate expired at {certificate.NotAfter.ToUniversalTime():u}";
            return isEarly ? PeerRefusal.NotYetValid : PeerRefusal.Expired;
        }

        detail = status == 0 ? string.Empty : $"the certificate may not be used by a {(peerIsClient ? "client" : "server")}";
        return status == 0 ? PeerRefusal.None : PeerRefusal.WrongPurpose;
    }
}
