using System.Security.Cryptography;
using Chirps.Engine.Membership;
using Chirps.Quic;

namespace Chirps.Node.Credentials;

/// <summary>
/// Development certificates, which the node issues to itself from the authority in its data directory: anew when a third
/// of their time is left, and when the authorities in the directory are others than before.
/// </summary>
internal sealed class DevelopmentCredentials : ICredentialSource
{
    private const double RenewAt = 1.0 / 3;

    private readonly string _directory;
    private readonly string _cluster;
    private readonly string _node;
    private readonly TimeProvider _clock;
    private CertificateLifetime _lifetime;

    /// <exception cref="IOException">The directory cannot be read or written.</exception>
    public DevelopmentCredentials(string directory, string cluster, MemberId self, TimeProvider clock)
    {
        _directory = directory;
        _cluster = cluster;
        _node = self.ToString();
        _clock = clock;
        Material = Issue();
    }

    /// <summary>What was issued last.</summary>
    public TlsMaterial Material { get; private set; }

    public string Name => Path.Combine(_directory, _node);

    /// <summary>None: nobody waits for a development certificate, and each watched directory costs a thread.</summary>
    public IReadOnlyList<string> Directories => [];

    public CredentialSnapshot Look()
    {
        try
        {
            // Certificate by certificate: the file may have other line ends, or words between them.
            var trusted = string.Concat(new AuthorityFiles(_directory).ReadTrusted());
            if (_lifetime.Left(_clock.GetUtcNow()) < RenewAt || trusted != Material.AuthorityPem)
            {
                Material = Issue();
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or AuthorityException or CryptographicException)
        {
            return CredentialSnapshot.Failed($"{_directory}: no development certificate can be issued: {exception.Message}");
        }

        var material = Material;
        return new CredentialSnapshot(CredentialSnapshot.FingerprintOf(material), () => material);
    }

    private TlsMaterial Issue()
    {
        var material = AuthorityStore.At(_directory, _clock).Issue(_cluster, _node);
        var (from, until) = CertificateText.Validity(material.CertificatePem);
        _lifetime = new CertificateLifetime(from, until);
        return material;
    }
}
