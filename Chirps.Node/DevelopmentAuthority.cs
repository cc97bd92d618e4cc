using Chirps.Quic;

namespace Chirps.Node;

/// <summary>
/// A certificate authority in a directory, for development: every node started with the same directory trusts the
/// others. Whoever can read the directory can join.
/// </summary>
public sealed class DevelopmentAuthority
{
    private static readonly TimeSpan AuthorityLifetime = TimeSpan.FromDays(365);
    private static readonly TimeSpan NodeLifetime = TimeSpan.FromDays(30);

    private const string AuthorityCertificate = "ca.crt";

    private readonly CertificateAuthority _authority;
    private readonly string _directory;

    private DevelopmentAuthority(CertificateAuthority authority, string directory)
    {
        _authority = authority;
        _directory = directory;
    }

    /// <summary>The authority kept in a directory; made when there is none, or when its time is nearly up.</summary>
    /// <exception cref="IOException">The directory cannot be read or written.</exception>
    public static DevelopmentAuthority At(string directory)
    {
        Directory.CreateDirectory(directory);
        var certificate = Path.Combine(directory, AuthorityCertificate);
        var key = Path.Combine(directory, "ca.key");

        // Several processes may start at once: one makes it, the others wait for the lock and find it.
        using var turn = WaitForTurn(Path.Combine(directory, ".lock"));
        if (!File.Exists(certificate) || !File.Exists(key) || CertificateAuthority.Load(certificate, key).NotAfter < DateTimeOffset.UtcNow + NodeLifetime)
        {
            DevelopmentCertificates.CreateAuthority("Chirps development", AuthorityLifetime).Save(certificate, key);
        }

        return new DevelopmentAuthority(CertificateAuthority.Load(certificate, key), directory);
    }

    /// <summary>Issues a certificate for a node.</summary>
    public TlsMaterial Issue(string cluster, string node) => DevelopmentCertificates.IssueNode(_authority, cluster, node, NodeLifetime);

    /// <summary>Issues a certificate for a node and keeps it beside the authority's.</summary>
    public TlsOptions IssueFiles(string cluster, string node)
    {
        var files = new TlsOptions
        {
            CertPath = Path.Combine(_directory, $"{node}.crt"),
            KeyPath = Path.Combine(_directory, $"{node}.key"),
            CaPath = Path.Combine(_directory, AuthorityCertificate),
        };
        Issue(cluster, node).Save(files.CertPath, files.KeyPath);
        return files;
    }

    private static FileStream WaitForTurn(string path)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (attempt < 100)
            {
                Thread.Sleep(50);
            }
        }
    }
}
