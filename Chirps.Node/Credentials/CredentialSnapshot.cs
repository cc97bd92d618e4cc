using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Chirps.Quic;

namespace Chirps.Node.Credentials;

/// <summary>What a source held at one moment.</summary>
/// <param name="Fingerprint">Equal when and only when the content is.</param>
/// <param name="Load">Checks that content. Throws <see cref="TlsMaterialException"/> when it cannot serve this node now.</param>
internal readonly record struct CredentialSnapshot(string Fingerprint, Func<TlsMaterial> Load)
{
    /// <summary>A look that failed.</summary>
    public static CredentialSnapshot Failed(string problem)
        => new(FingerprintOf(problem), () => throw new TlsMaterialException(problem));

    /// <summary>SHA-256 over the three parts, so that the private key need not be kept to compare with.</summary>
    public static string FingerprintOf(TlsMaterial material) => FingerprintOf(material.CertificatePem, material.KeyPem, material.AuthorityPem);

    private static string FingerprintOf(params ReadOnlySpan<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
