namespace Chirps.Node.Credentials;

/// <summary>What lies in a directory of certificates.</summary>
/// <param name="Certificates">Authorities first, then nodes by name.</param>
/// <param name="Stage">How far a change of the authority has come; <see langword="null"/> where its key is not kept.</param>
public sealed record CertificateReport(IReadOnlyList<StoredCertificate> Certificates, AuthorityStage? Stage);
