using System.Security.Cryptography.X509Certificates;
using Chirps.Quic;

namespace Chirps.Benchmarks.Transport;

/// <summary>One authority and two nodes, kept in files for all processes of a run.</summary>
internal static class Certificates
{
    public const string Server = "server";
    public const string Client = "client";

    private const string Cluster = "bench";

    public static void Create(string directory)
    {
        Directory.CreateDirectory(directory);
        var authority = DevelopmentCertificates.CreateAuthority("bench", TimeSpan.FromDays(1));
        foreach (var node in new[] { Server, Client })
        {
            var material = DevelopmentCertificates.IssueNode(authority, Cluster, node, TimeSpan.FromDays(1));
            File.WriteAllText(Path.Combine(directory, $"{node}.pem"), material.CertificatePem);
            File.WriteAllText(Path.Combine(directory, $"{node}.key"), material.KeyPem);
            File.WriteAllText(Path.Combine(directory, "authority.pem"), material.AuthorityPem);
        }
    }

    public static TlsMaterial Load(string directory, string node)
        => TlsMaterial.Load(Path.Combine(directory, $"{node}.pem"), Path.Combine(directory, $"{node}.key"), Path.Combine(directory, "authority.pem"));

    public static X509Certificate2 LoadCertificate(string directory, string node)
    {
        var material = Load(directory, node);
        return X509Certificate2.CreateFromPem(material.CertificatePem, material.KeyPem);
    }

    /// <summary>Trusts our authority alone; names are not compared, as the transport under test compares its own.</summary>
    public static X509ChainPolicy Policy(string directory)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            VerificationFlags = X509VerificationFlags.IgnoreInvalidName,
        };
        policy.CustomTrustStore.ImportFromPemFile(Path.Combine(directory, "authority.pem"));
        return policy;
    }
}
