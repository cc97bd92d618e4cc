using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Chirps.Quic;

namespace Chirps.Node.Credentials;

/// <summary>One certificate in the directory of an authority.</summary>
public sealed record StoredCertificate
{
    /// <summary>The file it lies in.</summary>
    public required string File { get; init; }

    /// <summary>Whether it is an authority's and not a node's.</summary>
    public required bool IsAuthority { get; init; }

    /// <summary>Its own common name; empty when the file cannot be read.</summary>
    public string Name { get; init; } = "";

    /// <summary>The node and cluster it speaks for; <see langword="null"/> for authorities and for what names none.</summary>
    public TransportIdentity? Identity { get; init; }

    /// <summary>The common name of the authority that signed it.</summary>
    public string Issuer { get; init; } = "";

    /// <summary>Serial number, hexadecimal.</summary>
    public string Serial { get; init; } = "";

    /// <summary>When it becomes valid, UTC.</summary>
    public DateTimeOffset From { get; init; }

    /// <summary>When it expires, UTC.</summary>
    public DateTimeOffset Until { get; init; }

    /// <summary>SHA-256 over the whole certificate, hexadecimal.</summary>
    public string Fingerprint { get; init; } = "";

    /// <summary>DNS names and IP addresses it carries, the node's own name included.</summary>
    public ExtraNames Extra { get; init; } = ExtraNames.None;

    /// <summary>What a person should know, a few words each; empty when all is well.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The certificate as text, for further questions.</summary>
    internal string Pem { get; init; } = "";

    /// <summary>Reads a certificate and judges what can be judged from it alone.</summary>
    internal static StoredCertificate Read(string file, string pem, bool isAuthority, DateTimeOffset now)
    {
        X509Certificate2 certificate;
        try
        {
            certificate = X509Certificate2.CreateFromPem(pem);
        }
        catch (CryptographicException)
        {
            return new StoredCertificate { File = file, IsAuthority = isAuthority, Warnings = ["holds no certificate in PEM form"] };
        }

        using (certificate)
        {
            var lifetime = new CertificateLifetime(new DateTimeOffset(certificate.NotBefore).ToUniversalTime(), new DateTimeOffset(certificate.NotAfter).ToUniversalTime());
            var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
            var identity = isAuthority ? null : IdentityOf(pem);
            List<string> warnings = [];
            if (lifetime.Describe(now) is { } time)
            {
                warnings.Add(time);
            }

            if (!isAuthority && identity is null)
            {
                warnings.Add("names no chirps://cluster/node");
            }

            return new StoredCertificate
            {
                File = file,
                IsAuthority = isAuthority,
                Name = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false),
                Identity = identity,
                Issuer = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: true),
                Serial = certificate.SerialNumber,
                From = lifetime.From,
                Until = lifetime.Until,
                Fingerprint = certificate.GetCertHashString(HashAlgorithmName.SHA256),
                Extra = new ExtraNames([.. names?.EnumerateDnsNames() ?? []], [.. names?.EnumerateIPAddresses() ?? Array.Empty<IPAddress>()]),
                Warnings = warnings,
                Pem = pem,
            };
        }
    }

    private static TransportIdentity? IdentityOf(string pem)
    {
        try
        {
            return new TlsMaterial(pem, "", "").ReadIdentity();
        }
        catch (TlsMaterialException)
        {
            return null;
        }
    }
}
