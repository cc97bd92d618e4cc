using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Chirps.Quic.Native;

namespace Chirps.Quic;

/// <summary>Finds the connection of a packet by its connection id, or by a stateless reset token. Any thread.</summary>
internal sealed unsafe class ConnectionIds
{
    /// <summary>Length of the ids we choose, in bytes.</summary>
    public const int Length = 8;

    public const int ResetTokenLength = 16;

    private const int SecretLength = 32;

    private readonly ConcurrentDictionary<CidKey, QuicConnection> _ids = new();
    private readonly ConcurrentDictionary<UInt128, QuicConnection> _resetTokens = new();
    private readonly byte[] _resetSecret;

    /// <param name="privateKey">What the secret of our reset tokens is derived from, so that they outlive a restart: a peer
    /// then learns at once that we lost its connection.</param>
    /// <param name="port">Part of the secret, so that endpoints sharing a key cannot be made to reset each other's connections (RFC 9000 section 10.3).</param>
    public ConnectionIds(string privateKey, int port)
    {
        var info = Encoding.ASCII.GetBytes($"chirps stateless reset {port}");
        _resetSecret = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(privateKey), SecretLength, null, info);
    }

    public bool TryFind(CidKey id, [NotNullWhen(true)] out QuicConnection? connection) => _ids.TryGetValue(id, out connection);

    public void Add(CidKey id, QuicConnection connection) => _ids[id] = connection;

    public void Remove(CidKey id) => _ids.TryRemove(id, out _);

    /// <summary>Chooses a new random id.</summary>
    public static void Choose(NgCid* id)
    {
        id->Length = Length;
        RandomNumberGenerator.Fill(new Span<byte>(id->Data, Length));
    }

    /// <summary>Writes the token by which a peer knows that we lost the connection with this id.</summary>
    public bool TryWriteResetToken(NgCid* id, byte* token)
    {
        fixed (byte* secret = _resetSecret)
        {
            return Ngtcp2Crypto.GenerateStatelessResetToken(token, secret, SecretLength, id) == 0;
        }
    }

    /// <summary>A peer's reset token, as key.</summary>
    public static UInt128 ResetKey(byte* token) => MemoryMarshal.Read<UInt128>(new ReadOnlySpan<byte>(token, ResetTokenLength));

    public void AddResetToken(UInt128 token, QuicConnection connection) => _resetTokens[token] = connection;

    public void RemoveResetToken(UInt128 token) => _resetTokens.TryRemove(token, out _);

    /// <summary>Whether the last 16 bytes of a packet reset one of our connections (RFC 9000 section 10.3.1).</summary>
    public bool TryFindReset(byte* packet, int length, [NotNullWhen(true)] out QuicConnection? connection)
        => _resetTokens.TryGetValue(ResetKey(packet + length - ResetTokenLength), out connection);
}
