using Chirps.Quic.Io;
using Chirps.Quic.Native;

namespace Chirps.Quic;

/// <content>Putting packets together, in the order of <see cref="LaneScheduler"/>.</content>
internal sealed unsafe partial class QuicConnection
{
    /// <summary>Bytes per turn; receiving and other connections come in between.</summary>
    private const int QuantumBytes = UdpSocket.SendMax;

    /// <summary>Connection credit that levels 1 to 7 leave for level 0.</summary>
    private const ulong UrgentReserveBytes = 64 * 1024;

    private const int VectorMax = 8;

    /// <summary>A refused piece leaves the packet as it was, and the next piece is tried in its place.</summary>
    private const int RefusedPiece = NgError.WriteMore;

    private ulong _dataLeft;
    private ulong _urgentReserve = UrgentReserveBytes;
    private bool _packetOpen;
    private QuicStream? _turn;
    private ulong _datagramId;
    private long _packetsSent;
    private long _bytesSent;
    private long _datagramsSent;
    private long _datagramsLost;
    private long _datagramsUnfit;

    private RunResult Transmit(ulong now)
    {
        var buffer = _endpoint.Buffers.Rent();
        try
        {
            return Transmit(buffer, now);
        }
        finally
        {
            _endpoint.Buffers.Return(buffer);
        }
    }

    /// <summary>Writes packets until nothing is left, congestion control says stop, or the quantum is used up.</summary>
    private RunResult Transmit(byte* buffer, ulong now)
    {
        NgPathStorage groupPath;
        NgPathStorage.Initialize(&groupPath);
        NgPathStorage packetPath;
        NgPathStorage.Initialize(&packetPath);
        NgPacketInfo info = default;
        var group = new PacketGroup(buffer, &groupPath.Path);
        var packetMax = (int)Ngtcp2.GetMaxTxUdpPayloadSize(_native);
        var pathMax = (int)Ngtcp2.GetPathMaxTxUdpPayloadSize(_native);
        PublishDatagramSize(pathMax);
        _dataLeft = Math.Min(Ngtcp2.GetMaxDataLeft(_native), (ulong)EarlyLeft);
        var total = 0;
        var result = RunResult.Idle;
        while (true)
        {
            if (!_packetOpen)
            {
                DrainDirty();
            }

            // Room for a path probe too, where there is; the group always leaves room for an ordinary packet.
            var room = UdpSocket.SendMax - group.Used >= packetMax ? packetMax : pathMax;
            var written = WriteNext(&packetPath.Path, &info, group.End, room, now);
            _packetOpen = written == NgError.WriteMore;
            if (_packetOpen)
            {
                continue;
            }

            if (written <= 0)
            {
                if (written < 0)
                {
                    _failure = written;
                    result = RunResult.HandOver;
                }

                break;
            }

            EndTurn();
            total += written;
            CountPacket(written);
            Collect(ref group, &packetPath.Path, written, (int)(info.Ecn & 3), pathMax);
            if (total + pathMax > QuantumBytes)
            {
                result = RunResult.HandOver;
                break;
            }
        }

        group.Send(_endpoint.Socket);
        Ngtcp2.UpdatePacketTxTime(_native, now);
        return result;
    }

    private void Collect(ref PacketGroup group, NgPath* path, int size, int ecn, int pathMax)
    {
        var packet = group.End;
        if (!group.TryAdd(path, size, ecn, pathMax))
        {
            group.Send(_endpoint.Socket);
            _endpoint.Socket.Send(*path, packet, size, size, ecn);
        }
        else if (!group.CanGrow(size, pathMax))
        {
            group.Send(_endpoint.Socket);
        }
    }

    /// <summary>Writes the next piece into the packet that is open, or into a new one.</summary>
    /// <returns>The size of a finished packet, 0 when there is nothing to send now, <see cref="NgError.WriteMore"/> when the
    /// packet stays open, another negative value when the connection failed.</returns>
    private int WriteNext(NgPath* path, NgPacketInfo* info, byte* destination, int room, ulong now)
    {
        var stream = PeekStream();

        // Datagrams wait for the handshake: refused early data would lose them.
        return _ready.Choose(_handshakeDone && !_probes.IsEmpty, _handshakeDone && !_data.IsEmpty, stream) switch
        {
            LaneTurn.Probe => WriteDatagram(_probes, path, info, destination, room, now),
            LaneTurn.Data => WriteDatagram(_data, path, info, destination, room, now),
            _ => WriteStream(stream, path, info, destination, room, now),
        };
    }

    /// <summary>The stream whose turn it is; null when there is none or it must wait for the peer's credit.</summary>
    private QuicStream? PeekStream()
    {
        var stream = (QuicStream?)_ready.Peek();
        return stream == null || _dataLeft > (stream.ReadyLevel == 0 || !_handshakeDone ? 0 : _urgentReserve) || stream.Send.HasOnlyEnd ? stream : null;
    }

    private int WriteDatagram(DatagramQueue queue, NgPath* path, NgPacketInfo* info, byte* destination, int room, ulong now)
    {
        var datagram = queue.Peek()!;
        if (datagram.Length > _maxDatagramSize)
        {
            return RefuseDatagram(queue); // the path has shrunk since it was queued
        }

        fixed (byte* data = datagram.Buffer)
        {
            NgVec vector;
            vector.Base = data;
            vector.Length = (nuint)datagram.Length;
            var accepted = 0;
            var written = (int)Ngtcp2.WriteDatagram(
                _native, path, Ngtcp2.PacketInfoVersion, info, destination, (nuint)room, &accepted, Ngtcp2.WriteFlagMore, _datagramId, &vector, 1, now);
            if (accepted != 0)
            {
                _datagramsSent++;
                ChargeEarly(datagram.Length);
                _datagramId++;
                if (queue == _data)
                {
                    _ready.ChargeDatagram(datagram.Length);
                }

                queue.Pop();
            }
            else if (written is NgError.InvalidState or NgError.InvalidArgument)
            {
                return RefuseDatagram(queue);
            }

            return written;
        }
    }

    private int RefuseDatagram(DatagramQueue queue)
    {
        _datagramsUnfit++;
        _endpoint.Counters.DatagramDropped();
        queue.Pop();
        return RefusedPiece;
    }

    private int WriteStream(QuicStream? stream, NgPath* path, NgPacketInfo* info, byte* destination, int room, ulong now)
    {
        var vectors = stackalloc NgVec[VectorMax];
        var count = 0;
        long total = 0;
        var end = false;
        var flags = Ngtcp2.WriteFlagMore;
        long id = -1;
        if (stream != null)
        {
            id = stream.Id;
            count = stream.Send.Gather(vectors, VectorMax, Math.Min(room, (long)_dataLeft), out total, out end);
            flags |= end ? Ngtcp2.WriteFlagFin : 0;
        }

        nint accepted = -1;
        var written = (int)Ngtcp2.WriteStream(
            _native, path, Ngtcp2.PacketInfoVersion, info, destination, (nuint)room, &accepted, flags, id, vectors, (nuint)count, now);
        if (stream == null)
        {
            return written;
        }

        if (accepted >= 0)
        {
            stream.Send.MarkSent(accepted, end && accepted == total);
            _dataLeft -= (ulong)accepted;
            ChargeEarly(accepted);
            _ready.Charge(stream, accepted);
            _turn = stream;
            if (!stream.Send.HasWork)
            {
                _ready.Remove(stream);
            }
        }

        switch (written)
        {
            case NgError.StreamDataBlocked:
                stream.IsBlocked = true;
                _ready.Remove(stream);
                return RefusedPiece;
            case NgError.StreamShutWrite or NgError.StreamNotFound:
                stream.Send.Abandon();
                _ready.Remove(stream);
                return RefusedPiece;
            default:
                return written;
        }
    }

    /// <summary>Round robin: one packet each.</summary>
    private void EndTurn()
    {
        if (_turn != null)
        {
            _ready.Rotate(_turn);
            _turn = null;
        }
    }

    private void CountPacket(int size)
    {
        _packetsSent++;
        _bytesSent += size;
    }

    private void PublishDatagramSize(int pathMax)
    {
        var size = Math.Min(pathMax - DatagramOverhead, _peerDatagramMax);
        if (size != _maxDatagramSize)
        {
            _maxDatagramSize = size;
        }
    }
}
