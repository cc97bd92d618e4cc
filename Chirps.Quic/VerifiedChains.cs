using System.Buffers.Binary;
using System.Security.Cryptography;
using Chirps.Quic.Native;

namespace Chirps.Quic;

/// <summary>Certificate chains that were found good under one set of authorities a short while ago: to check the same bytes again costs
/// half of a handshake's work, and finds the same. Any thread.</summary>
/// <remarks>Only what was good is remembered, and only until the certificate expires or <see cref="Memory"/> has passed, so that an authority
/// that expires is noticed by then. Other authorities have a memory of their own.</remarks>
internal sealed unsafe class VerifiedChains
{
    /// <summary>How long a chain counts as good without another look.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);

    /// <summary>Chains remembered; with one more, all are forgotten.</summary>
    public const int Max = 1024;

    private const int ChainBytesMax = 8192;

    private readonly Lock _lock = new();
    private readonly Dictionary<ChainKey, Entry> _entries = [];

    /// <summary>The chain's key: as good as its bytes and the purpose it was checked for; the default when it is too long to be remembered.</summary>
    public static ChainKey KeyOf(GnuTlsDatum* chain, uint count, bool peerIsClient)
    {
        Span<byte> bytes = stackalloc byte[ChainBytesMax];
        var used = 0;
        bytes[used++] = peerIsClient ? (byte)1 : (byte)0;
        for (var index = 0U; index < count; index++)
        {
            var size = (int)chain[index].Size;
            if (size < 0 || used + sizeof(int) + size > bytes.Length)
            {
                return default;
            }

            BitConverter.TryWriteBytes(bytes[used..], size);
            new ReadOnlySpan<byte>(chain[index].Data, size).CopyTo(bytes[(used + sizeof(int))..]);
            used += sizeof(int) + size;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes[..used], hash);
        return new ChainKey(BinaryPrimitives.ReadUInt128BigEndian(hash), BinaryPrimitives.ReadUInt128BigEndian(hash[16..]));
    }

    /// <summary>Whether a chain was found good lately.</summary>
    public bool TryGet(ChainKey key, DateTimeOffset now, out TransportIdentity identity, out DateTimeOffset notAfter)
    {
        lock (_lock)
        {
            var good = _entries.TryGetValue(key, out var entry) && now >= entry.Since && now < entry.Since + Memory && now < entry.NotAfter;
            (identity, notAfter) = good ? (entry.Identity, entry.NotAfter) : default;
            return good;
        }
    }

    /// <summary>Remembers a chain that was found good now.</summary>
    public void Add(ChainKey key, DateTimeOffset now, TransportIdentity identity, DateTimeOffset notAfter)
    {
        if (key == default)
        {
            return;
        }

        lock (_lock)
        {
            if (_entries.Count >= Max)
            {
                _entries.Clear();
            }

            _entries[key] = new Entry(now, identity, notAfter);
        }
    }

    /// <summary>SHA-256 of a chain and its purpose.</summary>
    internal readonly record struct ChainKey(UInt128 High, UInt128 Low);

    private readonly record struct Entry(DateTimeOffset Since, TransportIdentity Identity, DateTimeOffset NotAfter);
}
