using System.Security.Cryptography;
using System.Text;
using Chirps.Engine.Membership;

namespace Chirps.Engine.Carrier;

/// <summary>Seals the membership datagrams of one process for plain UDP (ChaCha20-Poly1305, RFC 8439). One caller, no threads.</summary>
/// <remarks>
/// <para><b>A nonce never comes twice under one cipher key.</b> The cipher key is derived from the shared key and from cluster, sender and
/// generation, so it differs between any two senders and between any two processes of one sender: a generation is above every earlier one
/// of its name, and is on disk before the process sends (a node that cannot write it does not start). Within a process the nonce is
/// <c>_counter</c> alone; only <see cref="Seal"/> touches it, each call takes the next one, and after the last of 2^48 it refuses. So one
/// (cipher key, nonce) belongs to one packet of one process.</para>
/// <para>The counter begins at a random place. This is a second line, for operators' mistakes: two processes started under one name in the
/// same millisecond from copies of one data directory, or a lost directory and a clock that was set back. It is not needed for the argument above.
/// Senders are told apart by the 64-bit hash of their names, as everywhere in membership: among 1,000 names two alike have a chance of 3e-14.</para>
/// </remarks>
public sealed class PacketSealer : IDisposable
{
    /// <summary>What a packet takes beside the membership datagram.</summary>
    public const int OverheadBytes = PacketFormat.OverheadBytes;

    /// <summary>Bytes of a nonce (RFC 8439, section 2.8).</summary>
    internal const int NonceBytes = 12;

    private readonly ulong _cluster;
    private readonly ulong _sender;
    private readonly ulong _generation;
    private ulong _counter;
    private PacketKey? _key;
    private ChaCha20Poly1305? _cipher;

    /// <summary>Makes the sealer of one process.</summary>
    /// <param name="cluster">The cluster's name.</param>
    /// <param name="self">The sender.</param>
    /// <param name="generation">Which process of it; above every earlier one of the name, and at most <see cref="GenerationMax"/>.</param>
    /// <param name="entropy">Where the counter begins, out of 2^47 places.</param>
    public PacketSealer(string cluster, MemberId self, Generation generation, ulong entropy)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(generation.Value, GenerationMax.Value, nameof(generation));
        _cluster = HashOf(cluster);
        _sender = self.Hash;
        _generation = generation.Value;
        _counter = entropy & (PacketFormat.FieldMax >> 1);
    }

    /// <summary>The highest generation a packet can carry: Unix milliseconds until the year 10889.</summary>
    public static Generation GenerationMax { get; } = new(PacketFormat.FieldMax);

    /// <summary>Begins at a chosen place instead; for tests of the end.</summary>
    internal ulong Counter
    {
        init => _counter = value;
    }

    /// <summary>Seals a datagram.</summary>
    /// <param name="ring">The keys; the current one is used.</param>
    /// <param name="receiver">Whom it is for, so that nobody else takes it; the default value when only an address is known.</param>
    /// <param name="datagram">The membership datagram.</param>
    /// <param name="packet">Room for it and <see cref="OverheadBytes"/> more.</param>
    /// <returns>Bytes written; 0 when the process has used up its counters.</returns>
    public int Seal(PacketKeyRing ring, MemberId receiver, ReadOnlySpan<byte> datagram, Span<byte> packet)
    {
        ArgumentNullException.ThrowIfNull(ring);
        if (_counter >= PacketFormat.FieldMax)
        {
            return 0;
        }

        Use(ring.Current);
        _counter++;
        packet = packet[..(datagram.Length + OverheadBytes)];
        PacketFormat.WriteHeader(packet, new PacketHeader(!receiver.IsDefault, ring.Current.Id, TagOf(_cluster), _sender, _generation, _counter));
        Span<byte> associated = stackalloc byte[PacketFormat.AssociatedBytes];
        PacketFormat.WriteAssociated(associated, packet, _cluster, receiver.IsDefault ? 0 : receiver.Hash);
        Span<byte> nonce = stackalloc byte[NonceBytes];
        WriteNonce(nonce, _counter);
        var sealedBytes = packet.Slice(PacketFormat.HeaderBytes, datagram.Length);
        _cipher!.Encrypt(nonce, datagram, sealedBytes, packet.Slice(PacketFormat.HeaderBytes + datagram.Length, PacketFormat.TagBytes), associated);
        PacketFormat.WriteChecksum(packet);
        return packet.Length;
    }

    /// <inheritdoc/>
    public void Dispose() => _cipher?.Dispose();

    /// <summary>The hash that stands for a cluster.</summary>
    internal static ulong HashOf(string cluster) => NameHasher.Of(Encoding.UTF8.GetBytes(cluster));

    /// <summary>The byte of a cluster's hash that travels in the clear.</summary>
    internal static byte TagOf(ulong cluster) => (byte)(cluster >> 56);

    /// <summary>The nonce of a packet: its counter after zeros.</summary>
    internal static void WriteNonce(Span<byte> nonce, ulong counter)
    {
        nonce.Clear();
        PacketFormat.WriteUInt48(nonce[6..], counter);
    }

    private void Use(PacketKey key)
    {
        if (!ReferenceEquals(_key, key))
        {
            _cipher?.Dispose();
            _cipher = key.CipherOf(_cluster, _sender, _generation);
            _key = key;
        }
    }
}
