using System.Security.Cryptography;

namespace Chirps.Engine.Carrier;

/// <summary>A key that the members of a cluster share. Immutable. Who has it can speak in membership as any of them.</summary>
public sealed class PacketKey
{
    /// <summary>Bytes of a key.</summary>
    public const int Bytes = 32;

    private const int FingerprintBytes = 8;

    private readonly byte[] _secret;

    /// <summary>Takes a key over.</summary>
    /// <param name="id">Its number, 1 to 255, which travels in each packet sealed with it.</param>
    /// <param name="secret">The key; copied.</param>
    /// <exception cref="ArgumentException">The number is 0, or the key has not <see cref="Bytes"/> bytes.</exception>
    public PacketKey(byte id, ReadOnlySpan<byte> secret)
    {
        ArgumentOutOfRangeException.ThrowIfZero(id);
        if (secret.Length != Bytes)
        {
            throw new ArgumentException($"A key has {Bytes} bytes, not {secret.Length}.", nameof(secret));
        }

        Id = id;
        _secret = secret.ToArray();
    }

    /// <summary>Its number.</summary>
    public byte Id { get; }

    /// <summary>Tells keys apart without giving them away: the first bytes of the SHA-256 of the key, in hexadecimal.</summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(_secret).AsSpan(0, FingerprintBytes));

    /// <summary>Whether the other one is the same key, whatever its number.</summary>
    public bool HasSecretOf(PacketKey other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return CryptographicOperations.FixedTimeEquals(_secret, other._secret);
    }

    /// <summary>The key in hexadecimal, for the file it is kept in.</summary>
    public string Reveal() => Convert.ToHexStringLower(_secret);

    /// <summary>Derives the cipher of one process of one sender (HKDF with SHA-256, RFC 5869).</summary>
    internal ChaCha20Poly1305 CipherOf(ulong cluster, ulong sender, ulong generation)
    {
        Span<byte> info = stackalloc byte[SessionInfo.Bytes];
        SessionInfo.Write(info, cluster, sender, generation);
        Span<byte> derived = stackalloc byte[Bytes];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _secret, derived, [], info);
        var cipher = new ChaCha20Poly1305(derived);
        CryptographicOperations.ZeroMemory(derived);
        return cipher;
    }
}
