using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Chirps.Quic.SystemQuic;

/// <summary>What handshakes use from one call of <see cref="ITransportEndpoint.ReplaceCredentials"/> to the next. Immutable; any thread.</summary>
internal sealed class SystemCredentials
{
    /// <exception cref="TlsMaterialException">The material cannot be used.</exception>
    public SystemCredentials(TlsMaterial material)
    {
        try
        {
            var certificate = X509Certificate2.CreateFromPem(material.CertificatePem, material.KeyPem);
            if (OperatingSystem.IsWindows())
            {
                // Schannel cannot use a key that exists in memory only.
                certificate = X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
            }

            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(material.CertificatePem);
            chain.RemoveAt(0);
            ValidUntil = certificate.NotAfter.ToUniversalTime();
            Context = SslStreamCertificateContext.Create(certificate, chain, offline: true);
            Authorities.ImportFromPem(material.AuthorityPem);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new TlsMaterialException($"The certificate, its key or an authority cannot be used: {e.Message}", e);
        }

        if (Authorities.Count == 0)
        {
            throw new TlsMaterialException("authority: holds no certificate in PEM form.");
        }
    }

    /// <summary>Our certificate with its key and chain.</summary>
    public SslStreamCertificateContext Context { get; }

    /// <summary>Whom we trust.</summary>
    public X509Certificate2Collection Authorities { get; } = [];

    /// <summary>When our certificate expires.</summary>
    public DateTimeOffset ValidUntil { get; }
}
