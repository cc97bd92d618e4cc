using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Chirps.Quic;

/// <summary>Makes an authority and node certificates for development and tests: ECDSA on P-256, SHA-256.</summary>
public static class DevelopmentCertificates
{
    private const int SerialLength = 16;
    private const string SubjectAlternativeName = "2.5.29.17";
    private const int DnsTag = 2;
    private const int UriTag = 6;
    private const int AddressTag = 7;
    private static readonly TimeSpan _clockSkew = TimeSpan.FromMinutes(5);
    private static readonly Oid _serverPurpose = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid _clientPurpose = new("1.3.6.1.5.5.7.3.2");

    /// <summary>Makes a self-signed authority, valid from five minutes ago.</summary>
    /// <param name="name">Its common name.</param>
    /// <param name="lifetime">How long from now it is valid.</param>
    /// <param name="now">What time it is; the machine's when null.</param>
    public static DevelopmentAuthority CreateAuthority(string name, TimeSpan lifetime, DateTimeOffset? now = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(CommonName(name), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 1, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var from = now ?? DateTimeOffset.UtcNow;
        using var certificate = request.CreateSelfSigned(from - _clockSkew, from + lifetime);
        return new DevelopmentAuthority(certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>Makes a certificate for one node, good for both sides of TLS.</summary>
    /// <param name="authority">Who signs.</param>
    /// <param name="cluster">The cluster's name.</param>
    /// <param name="node">The node's name; also its DNS name when it can be one.</param>
    /// <param name="lifetime">How long after <paramref name="notBefore"/> it is valid; may be negative only together with an earlier <paramref name="notBefore"/>.</param>
    /// <param name="notBefore">When it becomes valid; five minutes ago when null, the lifetime then counts from now.</param>
    /// <param name="extra">Names it carries beside the node's.</param>
    /// <remarks>Never valid outside of the authority's own time.</remarks>
    public static TlsMaterial IssueNode(
        DevelopmentAuthority authority,
        string cluster,
        string node,
        TimeSpan lifetime,
        DateTimeOffset? notBefore = null,
        ExtraNames? extra = null)
    {
        ArgumentNullException.ThrowIfNull(authority);
        ArgumentException.ThrowIfNullOrEmpty(cluster);
        ArgumentException.ThrowIfNullOrEmpty(node);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(CommonName(node), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(AlternativeNames(new TransportIdentity(cluster, node), extra ?? ExtraNames.None));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([_serverPurpose, _clientPurpose], false));
        var now = DateTimeOffset.UtcNow;
        var from = notBefore ?? now - _clockSkew;
        var until = (notBefore ?? now) + lifetime;
        return Sign(authority, request, key, from, until);
    }

    /// <summary>Signs a request with the authority's key.</summary>
    internal static TlsMaterial Sign(DevelopmentAuthority authority, CertificateRequest request, ECDsa key, DateTimeOffset from, DateTimeOffset until)
    {
        using var issuer = X509Certificate2.CreateFromPem(authority.CertificatePem, authority.KeyPem);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, true, false));
        var (issuerFrom, issuerUntil) = (new DateTimeOffset(issuer.NotBefore), new DateTimeOffset(issuer.NotAfter));
        using var certificate = request.Create(issuer, from > issuerFrom ? from : issuerFrom, until < issuerUntil ? until : issuerUntil, NewSerial());
        return new TlsMaterial(certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem(), authority.CertificatePem);
    }

    private static byte[] NewSerial()
    {
        var serial = RandomNumberGenerator.GetBytes(SerialLength);
        serial[0] = (byte)((serial[0] & 0x7f) | 0x01); // positive and of full length in DER
        return serial;
    }

    private static X500DistinguishedName CommonName(string name)
    {
        var builder = new X500DistinguishedNameBuilder();
        builder.AddCommonName(name);
        return builder.Build();
    }

    private static X509Extension AlternativeNames(TransportIdentity identity, ExtraNames extra)
    {
        // Written by hand: SubjectAlternativeNameBuilder takes a Uri, which lower-cases the cluster as a host name.
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteCharacterString(UniversalTagNumber.IA5String, identity.ToString(), new Asn1Tag(TagClass.ContextSpecific, UriTag));
            string[] own = Uri.CheckHostName(identity.Node) == UriHostNameType.Dns && identity.Node.All(char.IsAscii) ? [identity.Node] : [];
            foreach (var name in own.Concat(extra.Dns).Distinct(StringComparer.OrdinalIgnoreCase))
            {
                writer.WriteCharacterString(UniversalTagNumber.IA5String, name, new Asn1Tag(TagClass.ContextSpecific, DnsTag));
            }

            foreach (var address in extra.Addresses.Distinct())
            {
                writer.WriteOctetString(address.GetAddressBytes(), new Asn1Tag(TagClass.ContextSpecific, AddressTag));
            }
        }

        return new X509Extension(SubjectAlternativeName, writer.Encode(), critical: false);
    }
}
