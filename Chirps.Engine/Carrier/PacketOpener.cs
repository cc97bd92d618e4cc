using System.Security.Cryptography;
using Chirps.Engine.Membership;
using Chirps.Engine.Time;

namespace Chirps.Engine.Carrier;

/// <summary>Opens packets of plain UDP: takes each authentic one once, and nothing else. One caller, no threads.</summary>
/// <remarks>
/// Cheap checks come first, the cipher last. Nothing is remembered of a packet that is not authentic. An authentic packet proves that its sender
/// has the key, not which member it is: whoever has the key can speak as any.
/// </remarks>
public sealed class PacketOpener : IDisposable
{
    private readonly ulong _cluster;
    private readonly ulong _self;
    private readonly PacketLimits _limits;
    private readonly PacketGate _gate;
    private readonly RecentTable<ulong, SenderSession> _sessions;

    /// <summary>Makes the opener of a node.</summary>
    /// <param name="cluster">The cluster's name.</param>
    /// <param name="self">This node.</param>
    /// <param name="limits">What is taken at most.</param>
    public PacketOpener(string cluster, MemberId self, PacketLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        _cluster = PacketSealer.HashOf(cluster);
        _self = self.Hash;
        _limits = limits;
        _gate = new PacketGate(limits);
        _sessions = new RecentTable<ulong, SenderSession>(limits.PeersMax);
    }

    /// <summary>Senders and sources that are remembered.</summary>
    internal (int Senders, int Sources) Remembered => (_sessions.Count, _gate.Count);

    /// <summary>Opens a packet. Never throws, whatever the bytes; what is refused leaves no trace but the tokens it took.</summary>
    /// <param name="now">The present instant.</param>
    /// <param name="ring">The keys.</param>
    /// <param name="source">Where it came from.</param>
    /// <param name="packet">The packet.</param>
    /// <param name="datagram">Room for the membership datagram, as many bytes as the packet.</param>
    /// <param name="length">Bytes of the datagram.</param>
    /// <returns>Why it was refused; <see cref="PacketFault.None"/> when it was not.</returns>
    public PacketFault Open(MeshInstant now, PacketKeyRing ring, MemberAddress source, ReadOnlySpan<byte> packet, Span<byte> datagram, out int length)
    {
        ArgumentNullException.ThrowIfNull(ring);
        length = 0;
        var fault = PacketFormat.Read(packet, _limits.PacketBytesMax, out var header);
        SenderSession? session = null;
        if (fault == PacketFault.None)
        {
            fault = Judge(now, header, out session);
        }

        if (fault != PacketFault.None)
        {
            return fault;
        }

        if (ring.Find(header.Key) is not { } key)
        {
            return PacketFault.UnknownKey;
        }

        fault = _gate.Ask(now, source);
        if (fault != PacketFault.None)
        {
            return fault;
        }

        var known = session?.CipherFor(key);
        var cipher = known ?? key.CipherOf(_cluster, header.Sender, header.Generation);
        datagram = datagram[..(packet.Length - PacketFormat.OverheadBytes)];
        fault = TryDecrypt(cipher, header, packet, datagram) ? Believe(header, datagram) : PacketFault.NotAuthentic;
        if (fault != PacketFault.None)
        {
            if (known is null)
            {
                cipher.Dispose();
            }

            return fault;
        }

        Remember(now, header, session, key, cipher);
        _gate.Know(now, source);
        length = datagram.Length;
        return PacketFault.None;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var session in _sessions.Clear())
        {
            session.Dispose();
        }
    }

    private static PacketFault Believe(in PacketHeader header, ReadOnlySpan<byte> datagram)
        => PacketFormat.IsOf(header, datagram) ? PacketFault.None : PacketFault.SenderMismatch;

    /// <summary>What the header alone tells. The session is that of the process the packet names, if it is known.</summary>
    private PacketFault Judge(MeshInstant now, in PacketHeader header, out SenderSession? session)
    {
        session = null;
        if (header.ClusterTag != PacketSealer.TagOf(_cluster))
        {
            return PacketFault.WrongCluster;
        }

        if (header.Sender == _self)
        {
            return PacketFault.FromSelf;
        }

        if (!_sessions.TryGet(header.Sender, now, out var known) || header.Generation > known.Generation)
        {
            return PacketFault.None;
        }

        if (header.Generation < known.Generation)
        {
            return PacketFault.FormerProcess;
        }

        session = known;
        return known.Window.IsFresh(header.Counter) ? PacketFault.None : PacketFault.Replayed;
    }

    private bool TryDecrypt(ChaCha20Poly1305 cipher, in PacketHeader header, ReadOnlySpan<byte> packet, Span<byte> datagram)
    {
        Span<byte> associated = stackalloc byte[PacketFormat.AssociatedBytes];
        PacketFormat.WriteAssociated(associated, packet, _cluster, header.IsBound ? _self : 0);
        Span<byte> nonce = stackalloc byte[PacketSealer.NonceBytes];
        PacketSealer.WriteNonce(nonce, header.Counter);
        var body = packet[PacketFormat.HeaderBytes..^PacketFormat.ChecksumBytes];
        try
        {
            cipher.Decrypt(nonce, body[..datagram.Length], body[datagram.Length..], datagram, associated);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            // The platform offers no other way to learn it; the gate bounds how often.
            return false;
        }
    }

    private void Remember(MeshInstant now, in PacketHeader header, SenderSession? session, PacketKey key, ChaCha20Poly1305 cipher)
    {
        if (session is null)
        {
            session = new SenderSession(header.Generation);
            _sessions.Set(header.Sender, now, session)?.Dispose();
        }

        session.Keep(key, cipher);
        session.Window.Take(header.Counter);
    }
}
