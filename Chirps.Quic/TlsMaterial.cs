using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Chirps.Quic;

/// <summary>What a node needs for mutual TLS, as PEM text.</summary>
/// <param name="CertificatePem">The node's certificate, followed by intermediate ones if there are any.</param>
/// <param name="KeyPem">Its unencrypted private key.</param>
/// <param name="AuthorityPem">The authorities whose nodes are trusted.</param>
public sealed record TlsMaterial(string CertificatePem, string KeyPem, string AuthorityPem)
{
    /// <summary>Reads the three files and checks that they can serve a node now.</summary>
    /// <exception cref="TlsMaterialException">A file cannot be read, or what <see cref="Check"/> says. The message names the path.</exception>
    public static TlsMaterial Load(string certificatePath, string keyPath, string authorityPath)
    {
        var material = new TlsMaterial(Read(certificatePath), Read(keyPath), Read(authorityPath));
        material.Check(certificatePath, keyPath, authorityPath, DateTimeOffset.UtcNow);
        return material;
    }

    /// <summary>Checks that the three parts can serve a node.</summary>
    /// <param name="certificatePath">What the message calls the certificate.</param>
    /// <param name="keyPath">What it calls the key.</param>
    /// <param name="authorityPath">What it calls the authorities.</param>
    /// <param name="now">The time at which the certificate must be valid.</param>
    /// <exception cref="TlsMaterialException">A part cannot be parsed or is cut off, the key does not belong to the certificate,
    /// the certificate has expired or is not valid yet, or it names no <c>chirps://cluster/node</c>. The message names the path.</exception>
    public void Check(string certificatePath, string keyPath, string authorityPath, DateTimeOffset now)
    {
        CheckWhole(CertificatePem, certificatePath);
        CheckWhole(KeyPem, keyPath);
        CheckWhole(AuthorityPem, authorityPath);
        using (var certificate = ParseCertificate(CertificatePem, certificatePath))
        {
            CheckKey(this, certificatePath, keyPath);
            CheckTime(certificate, certificatePath, now);
            if (!CertificateIdentity.TryRead(certificate, out _, out var problem))
            {
                throw new TlsMaterialException($"{certificatePath}: {problem}");
            }
        }

        CheckAuthorities(AuthorityPem, authorityPath);
    }

    /// <summary>The private key stays out of logs.</summary>
    public override string ToString() => nameof(TlsMaterial);

    /// <summary>The identity in the certificate.</summary>
    /// <exception cref="TlsMaterialException">The certificate cannot be parsed or names nobody.</exception>
    public TransportIdentity ReadIdentity()
    {
        using var certificate = ParseCertificate(CertificatePem, "certificate");
        return CertificateIdentity.TryRead(certificate, out var identity, out var problem)
            ? identity
            : throw new TlsMaterialException($"certificate: {problem}");
    }

    /// <summary>When the node's certificate expires.</summary>
    /// <exception cref="TlsMaterialException">The certificate cannot be parsed.</exception>
    internal DateTimeOffset ReadNotAfter()
    {
        using var certificate = ParseCertificate(CertificatePem, "certificate");
        return certificate.NotAfter;
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new TlsMaterialException($"{path}: cannot be read: {e.Message}", e);
        }
    }

    /// <summary>A parser passes over a block that has no end; in a file that is being written it would go unnoticed.</summary>
    private static void CheckWhole(string pem, string path)
    {
        if (pem.AsSpan().Count("-----BEGIN ") != pem.AsSpan().Count("-----END "))
        {
            throw new TlsMaterialException($"{path}: ends in the middle of a PEM block.");
        }
    }

    private static X509Certificate2 ParseCertificate(string pem, string path)
    {
        try
        {
            return X509Certificate2.CreateFromPem(pem);
        }
        catch (CryptographicException e)
        {
            throw new TlsMaterialException($"{path}: holds no certificate in PEM form: {e.Message}", e);
        }
    }

    private static void CheckKey(TlsMaterial material, string certificatePath, string keyPath)
    {
        try
        {
            X509Certificate2.CreateFromPem(material.CertificatePem, material.KeyPem).Dispose();
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new TlsMaterialException($"{keyPath}: holds no unencrypted private key of the certificate {certificatePath}: {e.Message}", e);
        }
    }

    private static void CheckTime(X509Certificate2 certificate, string path, DateTimeOffset now)
    {
        if (new DateTimeOffset(certificate.NotAfter) < now)
        {
            throw new TlsMaterialException($"{path}: expired at {certificate.NotAfter.ToUniversalTime():u}.");
        }

        if (new DateTimeOffset(certificate.NotBefore) > now)
        {
            throw new TlsMaterialException($"{path}: is not valid before {certificate.NotBefore.ToUniversalTime():u}.");
        }
    }

    private static void CheckAuthorities(string pem, string path)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(pem);
        }
        catch (CryptographicException e)
        {
            throw new TlsMaterialException($"{path}: cannot be parsed: {e.Message}", e);
        }

        var count = authorities.Count;
        foreach (var authority in authorities)
        {
            authority.Dispose();
        }

        if (count == 0)
        {
            throw new TlsMaterialException($"{path}: holds no certificate in PEM form.");
        }
    }
}
