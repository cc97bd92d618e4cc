using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Chirps.Quic.SystemQuic;

namespace Chirps.Quic;

/// <summary>
/// Mutual TLS over a byte stream with the certificates of the mesh: the same rules about chain, time, purpose and identity as for its QUIC
/// connections. Any thread.
/// </summary>
public static class StreamTls
{
    /// <summary>Settings of one incoming connection: only nodes of our cluster get through.</summary>
    /// <exception cref="TlsMaterialException">The material cannot be used.</exception>
    public static SslServerAuthenticationOptions ForServer(TlsMaterial material)
    {
        ArgumentNullException.ThrowIfNull(material);
        var credentials = new SystemCredentials(material);
        var own = material.ReadIdentity();
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = credentials.Context,
            ClientCertificateRequired = true,
            AllowTlsResume = false,
            CertificateChainPolicy = ChainJudge.CreatePolicy(credentials.Authorities, peerIsClient: true),
            RemoteCertificateValidationCallback = (_, certificate, chain, _) => IsGood(certificate, chain, peerIsClient: true, own, expectedNode: null),
        };
    }

    /// <summary>Settings of one outgoing connection.</summary>
    /// <param name="material">Our certificate, key and authorities.</param>
    /// <param name="host">The name or address that is connected to; the certificate need not name it.</param>
    /// <param name="expectedNode">The node whose certificate is expected.</param>
    /// <exception cref="TlsMaterialException">The material cannot be used.</exception>
    public static SslClientAuthenticationOptions ForClient(TlsMaterial material, string host, string expectedNode)
    {
        ArgumentNullException.ThrowIfNull(material);
        var credentials = new SystemCredentials(material);
        var own = material.ReadIdentity();
        return new SslClientAuthenticationOptions
        {
            TargetHost = host,
            ClientCertificateContext = credentials.Context,
            AllowTlsResume = false,
            CertificateChainPolicy = ChainJudge.CreatePolicy(credentials.Authorities, peerIsClient: false),
            RemoteCertificateValidationCallback = (_, certificate, chain, _) => IsGood(certificate, chain, peerIsClient: false, own, expectedNode),
        };
    }

    private static bool IsGood(X509Certificate? certificate, X509Chain? chain, bool peerIsClient, TransportIdentity own, string? expectedNode)
        => ChainJudge.Judge(certificate as X509Certificate2, chain, DateTimeOffset.UtcNow, peerIsClient, own, expectedNode).Refusal == PeerRefusal.None;
}
