using System.Security.Cryptography.X509Certificates;
using Chirps.Quic;

namespace Chirps.Node;

/// <summary>
/// A certificate authority in a directory, for development: every node started with the same directory trusts the
/// others. Whoever can read the directory can join.
/// </summary>
public sealed class AuthorityStore
{
    private static readonly TimeSpan _authorityLifetime = TimeSpan.FromDays(365);
    private static readonly TimeSpan _nodeLifetime = TimeSpan.FromDays(30);

    private const string AuthorityCertificate = "ca.crt";

    private readonly DevelopmentAuthority _authority;
    private readonly string _directory;

    private AuthorityStore(DevelopmentAuthority authority, string directory)
    {
        _authority = authority;
        _directory = directory;
    }

    /// <summary>The authority kept in a directory; made when there is none, or when its time is nearly up.</summary>
    /// <exception cref="IOException">The directory cannot be read or written.</exception>
    public static AuthorityStore At(string directory)
    {
        Directory.CreateDirectory(directory);
        var certificate = Path.Combine(directory, AuthorityCertificate);
        var key = Path.Combine(directory, "ca.key");

        // Several processes may start at once: one makes it, the others wait for the lock and find it.
        using var turn = WaitForTurn(Path.Combine(directory, ".lock"));
        if (!IsGood(certificate, key))
        {
            var made = DevelopmentCertificates.CreateAuthority("Chirps development", _authorityLifetime);
            File.WriteAllText(certificate, made.CertificatePem);
            PrivateFile.Write(key, made.KeyPem);
        }

        return new AuthorityStore(new DevelopmentAuthority(File.ReadAllText(certificate), File.ReadAllText(key)), directory);
    }

    /// <summary>Issues a certificate for a node.</summary>
    public TlsMaterial Issue(string cluster, string node) => DevelopmentCertificates.IssueNode(_authority, cluster, node, _nodeLifetime);

    /// <summary>Issues a certificate for a node and keeps it beside the authority's.</summary>
    public TlsOptions IssueFiles(string cluster, string node)
    {
        var files = new TlsOptions
        {
            CertPath = Path.Combine(_directory, $"{node}.crt"),
            KeyPath = Path.Combine(_directory, $"{node}.key"),
            CaPath = Path.Combine(_directory, AuthorityCertificate),
        };
        var issued = Issue(cluster, node);
        File.WriteAllText(files.CertPath, issued.CertificatePem);
        PrivateFile.Write(files.KeyPath, issued.KeyPem);
        return files;
    }

    private static bool IsGood(string certificate, string key)
    {
        if (!File.Exists(certificate) || !File.Exists(key))
        {
            return false;
        }

        using var authority = X509Certificate2.CreateFromPem(File.ReadAllText(certificate));
        return authority.NotAfter.ToUniversalTime() > DateTime.UtcNow + _nodeLifetime;
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
