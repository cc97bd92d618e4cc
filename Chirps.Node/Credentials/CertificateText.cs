using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Chirps.Quic;

namespace Chirps.Node.Credentials;

/// <summary>What is asked of certificates in PEM text.</summary>
internal static class CertificateText
{
    /// <summary>Each certificate in a text, as a text of its own. Empty when there is none, or it cannot be parsed.</summary>
    public static IReadOnlyList<string> Split(string pem)
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(pem);
            return [.. certificates.Select(certificate => certificate.ExportCertificatePem() + "\n")];
        }
        catch (CryptographicException)
        {
            return [];
        }
        finally
        {
            Dispose(certificates);
        }
    }

    /// <summary>Whether a private key belongs to a certificate.</summary>
    public static bool IsKeyOf(string keyPem, string certificatePem)
    {
        try
        {
            X509Certificate2.CreateFromPem(certificatePem, keyPem).Dispose();
            return true;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>From when until when the first certificate of a text is valid.</summary>
    public static (DateTimeOffset From, DateTimeOffset Until) Validity(string certificatePem)
    {
        using var certificate = X509Certificate2.CreateFromPem(certificatePem);
        return (new DateTimeOffset(certificate.NotBefore).ToUniversalTime(), new DateTimeOffset(certificate.NotAfter).ToUniversalTime());
    }

    /// <summary>Whether the certificate of some material leads to one of its own authorities: whether a peer with the same authorities would take it.</summary>
    public static bool IsTrustedByItsOwn(TlsMaterial material, DateTimeOffset now)
    {
        var (presented, authorities) = (new X509Certificate2Collection(), new X509Certificate2Collection());
        presented.ImportFromPem(material.CertificatePem);
        authorities.ImportFromPem(material.AuthorityPem);
        try
        {
            return LeadsTo(presented, authorities, now);
        }
        finally
        {
            Dispose(presented);
            Dispose(authorities);
        }
    }

    /// <summary>Whether one certificate is signed by another one.</summary>
    public static bool IsIssuedBy(string certificatePem, string authorityPem)
    {
        using var certificate = X509Certificate2.CreateFromPem(certificatePem);
        using var authority = X509Certificate2.CreateFromPem(authorityPem);
        return LeadsTo([certificate], [authority], certificate.NotBefore);
    }

    private static bool LeadsTo(X509Certificate2Collection presented, X509Certificate2Collection authorities, DateTimeOffset at)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.ExtraStore.AddRange(presented);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = at.LocalDateTime;
        var leads = chain.Build(presented[0]);
        foreach (var element in chain.ChainElements)
        {
            element.Certificate.Dispose();
        }

        return leads;
    }

    private static void Dispose(X509Certificate2Collection certificates)
    {
        foreach (var certificate in certificates)
        {
            certificate.Dispose();
        }
    }
}
