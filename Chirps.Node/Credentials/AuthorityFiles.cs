using Chirps.Quic;

namespace Chirps.Node.Credentials;

/// <summary>The files of an authority, read and written one at a time and each as a whole. Any process: whoever changes takes its turn.</summary>
/// <remarks>
/// <c>ca.crt</c>: every authority to be trusted. <c>ca.key</c>: the key of the one that issues. While an authority is being
/// changed: <c>ca-next.key</c>, the key of the one that will issue, and <c>ca-old.crt</c>, the one that will go.
/// </remarks>
internal sealed class AuthorityFiles(string directory)
{
    private const int TurnAttemptsMax = 200;
    private static readonly TimeSpan _turnPause = TimeSpan.FromMilliseconds(50);

    public string Directory { get; } = directory;

    public string TrustedPath { get; } = Path.Combine(directory, "ca.crt");

    public string KeyPath { get; } = Path.Combine(directory, "ca.key");

    public string NextKeyPath { get; } = Path.Combine(directory, "ca-next.key");

    public string OldPath { get; } = Path.Combine(directory, "ca-old.crt");

    /// <summary>Waits until no other process changes the directory; the result ends the turn.</summary>
    /// <exception cref="IOException">The directory cannot be written, or another process keeps its turn.</exception>
    public FileStream TakeTurn()
    {
        System.IO.Directory.CreateDirectory(Directory);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new FileStream(Path.Combine(Directory, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (attempt < TurnAttemptsMax)
            {
                Thread.Sleep(_turnPause);
            }
        }
    }

    /// <summary>What the directory holds.</summary>
    /// <returns><see langword="null"/> when there is no authority, or its key is not there.</returns>
    public AuthorityState? Read()
    {
        if (!File.Exists(TrustedPath) || !File.Exists(KeyPath))
        {
            return null;
        }

        var trusted = ReadTrusted();
        if (Pair(trusted, KeyPath) is not { } issuing)
        {
            return null;
        }

        var old = File.Exists(OldPath) ? CertificateText.Split(File.ReadAllText(OldPath)) : [];
        return new AuthorityState(trusted, issuing, Pair(trusted, NextKeyPath), [.. old.Where(one => trusted.Contains(one) && one != issuing.CertificatePem)]);
    }

    /// <summary>Each authority to be trusted; none when there is no file of them.</summary>
    public IReadOnlyList<string> ReadTrusted() => File.Exists(TrustedPath) ? CertificateText.Split(File.ReadAllText(TrustedPath)) : [];

    public void WriteTrusted(IEnumerable<string> certificates) => AtomicFile.Write(TrustedPath, string.Concat(certificates), AtomicFile.Everybody);

    /// <summary>The paths of a node's files.</summary>
    public TlsOptions Of(string node) => new()
    {
        CertPath = Path.Combine(Directory, $"{node}.crt"),
        KeyPath = Path.Combine(Directory, $"{node}.key"),
        CaPath = TrustedPath,
    };

    /// <summary>The certificates of nodes, in the order of their names.</summary>
    public IEnumerable<string> NodePaths() => System.IO.Directory.EnumerateFiles(Directory, "*.crt")
        .Where(path => path != TrustedPath && path != OldPath)
        .Order(StringComparer.Ordinal);

    private static DevelopmentAuthority? Pair(IReadOnlyList<string> trusted, string keyPath)
    {
        if (!File.Exists(keyPath))
        {
            return null;
        }

        var key = File.ReadAllText(keyPath);
        return trusted.FirstOrDefault(certificate => CertificateText.IsKeyOf(key, certificate)) is { } own ? new DevelopmentAuthority(own, key) : null;
    }
}
