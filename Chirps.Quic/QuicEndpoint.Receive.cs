using Chirps.Quic.Io;
using Chirps.Quic.Native;

namespace Chirps.Quic;

/// <content>From the socket to connections.</content>
internal sealed unsafe partial class QuicEndpoint
{
    /// <summary>Nothing shorter can be a QUIC packet: one byte, an 8-byte id, and what header protection samples.</summary>
    private const int PacketMin = 21;

    private const byte LongHeader = 0x80;

    /// <summary>A reset has at least 21 bytes and must be shorter than what it answers (RFC 9000 section 10.3.3).</summary>
    private const int ResettablePacketMin = 22;

    private readonly List<QuicConnection> _touched = [];

    private int ReceivePackets()
    {
        Counters.ReceiveCalled();
        var count = _batch.Receive();
        if (count == 0)
        {
            return 0;
        }

        var now = Clock.Now;
        for (var i = 0; i < count; i++)
        {
            ReceiveMessage(_batch.Read(i), now);
        }

        foreach (var connection in _touched)
        {
            connection.EndBatch();
            UpdateTimer(connection);
        }

        _touched.Clear();
        return count;
    }

    private void ReceiveMessage(in ReceivedMessage message, ulong now)
    {
        var packets = 0;
        for (var offset = 0; offset < message.Length; offset += message.SegmentSize)
        {
            packets++;
            var packet = message.Data + offset;
            var length = Math.Min(message.SegmentSize, message.Length - offset);
            if (length < PacketMin)
            {
                Counters.Dropped(PacketDrop.TooShort);
                continue;
            }

            var connection = Route(message, packet, length, now);
            if (connection == null)
            {
                continue;
            }

            if (!connection.InBatch)
            {
                connection.InBatch = true;
                _touched.Add(connection);
            }

            connection.Receive(message, packet, length, now);
        }

        Counters.Received(packets, message.Length);
    }

    /// <summary>Finds or makes the connection of a packet.</summary>
    /// <returns>Null when the packet is dropped or was answered without a connection.</returns>
    private QuicConnection? Route(in ReceivedMessage message, byte* packet, int length, ulong now)
    {
        NgVersionCid header;
        var error = Ngtcp2.DecodeVersionCid(&header, packet, (nuint)length, ConnectionIds.Length);
        if (error == NgError.VersionNegotiation)
        {
            Counters.Dropped(PacketDrop.UnsupportedVersion);
            NegotiateVersion(message, &header, length, now);
            return null;
        }

        if (error != 0 || header.DcidLength > NgCid.LengthMax)
        {
            Counters.Dropped(PacketDrop.Malformed);
            return null;
        }

        if (Ids.TryFind(new CidKey(new ReadOnlySpan<byte>(header.Dcid, (int)header.DcidLength)), out var connection))
        {
            return connection;
        }

        if ((packet[0] & LongHeader) != 0)
        {
            return Accept(message, packet, length, now);
        }

        if (Ids.TryFindReset(packet, length, out connection))
        {
            return connection;
        }

        Counters.Dropped(PacketDrop.UnknownConnection);
        if (length >= ResettablePacketMin)
        {
            Reset(message, &header, length, now);
        }

        return null;
    }

    /// <summary>Takes a first packet, within the limits.</summary>
    private QuicConnection? Accept(in ReceivedMessage message, byte* packet, int length, ulong now)
    {
        NgPacketHeader header;
        if (Ngtcp2.Accept(&header, packet, (nuint)length) != 0)
        {
            Counters.Dropped(PacketDrop.Malformed);
            return null;
        }

        if (CountConnections() >= Options.ConnectionsMax || Counters.HandshakesPending >= Options.HandshakesMax)
        {
            var reason = Counters.HandshakesPending >= Options.HandshakesMax ? PacketDrop.HandshakeLimit : PacketDrop.ConnectionLimit;
            Counters.Dropped(reason);
            Refuse(message, &header, ConnectionRefused, now);
            return null;
        }

        NgCid originalDcid;
        var proven = false;
        var retried = false;
        if (header.TokenLength > 0 && header.Token[0] == Ngtcp2Crypto.RetryTokenMagic)
        {
            if (!VerifyToken(message, &header, &originalDcid))
            {
                Counters.Dropped(PacketDrop.InvalidToken);
                Refuse(message, &header, InvalidToken, now);
                return null;
            }

            proven = true;
            retried = true;
        }

        if (!proven && header.TokenLength > 0)
        {
            // A token from an earlier connection; one that is no good counts as none (RFC 9000 section 8.1.3).
            proven = header.Token[0] == Ngtcp2Crypto.RegularTokenMagic && VerifyRegularToken(message, &header);
            header.TokenLength = proven ? header.TokenLength : 0;
        }

        if (!proven && (Options.AddressValidation == AddressValidation.Always || Counters.HandshakesPending * 4 >= Options.HandshakesMax))
        {
            Counters.Dropped(PacketDrop.AddressUnproven);
            Retry(message, &header);
            return null;
        }

        var source = SocketAddressBytes.Read(message.Remote, message.RemoteLength).Address;
        if (!Sources.TryTake(source))
        {
            Counters.Dropped(PacketDrop.SourceLimit);
            Refuse(message, &header, ConnectionRefused, now);
            return null;
        }

        if (CreateServerSide(message, &header, retried ? &originalDcid : null) is { } connection)
        {
            return connection; // gives the place back when its handshake ends
        }

        Sources.Return(source);
        return null;
    }

    private QuicConnection? CreateServerSide(in ReceivedMessage message, NgPacketHeader* header, NgCid* originalDcid)
    {
        try
        {
            var connection = new QuicConnection(this, message, header, originalDcid);
            Add(connection);
            return connection;
        }
        catch (InvalidOperationException e)
        {
            Counters.Dropped(PacketDrop.Malformed);
            LogAcceptFailed(_logger, e.Message);
            return null;
        }
    }
}
