using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Chirps.Quic;

namespace Chirps.Tests.Quic;

/// <summary>One cluster's authority, and certificates good and bad.</summary>
internal static class TestPki
{
    public const string Cluster = "test";
    public const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    public const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    public static DevelopmentAuthority Authority { get; } = DevelopmentCertificates.CreateAuthority("test authority", TimeSpan.FromDays(1));

    public static DevelopmentAuthority OtherAuthority { get; } = DevelopmentCertificates.CreateAuthority("other authority", TimeSpan.FromDays(1));

    public static TlsMaterial Server { get; } = Node("server");

    public static TlsMaterial Client { get; } = Node("client");

    public static TlsMaterial Node(string name, string cluster = Cluster)
        => DevelopmentCertificates.IssueNode(Authority, cluster, name, TimeSpan.FromHours(1));

    /// <summary>A certificate of another authority whose owner trusts ours.</summary>
    public static TlsMaterial Foreign(string name)
        => DevelopmentCertificates.IssueNode(OtherAuthority, Cluster, name, TimeSpan.FromHours(1)) with { AuthorityPem = Authority.CertificatePem };

    public static TlsMaterial Expired(string name)
        => DevelopmentCertificates.IssueNode(Authority, Cluster, name, TimeSpan.FromSeconds(60), DateTimeOffset.UtcNow.AddSeconds(-120));

    public static TlsMaterial NotYetValid(string name)
        => DevelopmentCertificates.IssueNode(Authority, Cluster, name, TimeSpan.FromHours(1), DateTimeOffset.UtcNow.AddHours(1));

    /// <summary>A certificate with any names and purpose.</summary>
    public static TlsMaterial Custom(string purpose, params string[] uris)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=custom", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("custom.test");
        Array.ForEach(uris, uri => names.AddUri(new Uri(uri)));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], false));
        return DevelopmentCertificates.Sign(Authority, request, key, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddHours(1));
    }
}
