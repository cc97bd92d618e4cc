namespace Chirps.Quic;

/// <summary>A certificate authority made by <see cref="DevelopmentCertificates"/>.</summary>
/// <param name="CertificatePem">Its certificate: what nodes trust.</param>
/// <param name="KeyPem">Its private key: whoever has it can join the cluster as any node.</param>
public sealed record DevelopmentAuthority(string CertificatePem, string KeyPem)
{
    /// <summary>The private key stays out of logs.</summary>
    public override string ToString() => nameof(DevelopmentAuthority);
}
