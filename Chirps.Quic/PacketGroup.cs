using Chirps.Quic.Native;

namespace Chirps.Quic;

/// <summary>Packets that leave in one system call: same path, same ECN mark, same size but for a shorter last one.</summary>
internal unsafe ref struct PacketGroup(byte* buffer, NgPath* path)
{
    private readonly byte* _buffer = buffer;
    private readonly NgPath* _path = path;
    private int _segmentSize;
    private int _ecn;

    /// <summary>Bytes collected.</summary>
    public int Used { get; private set; }

    /// <summary>Where the next packet is to be written.</summary>
    public readonly byte* End => _buffer + Used;

    /// <summary>Adds the packet just written at <see cref="End"/>.</summary>
    /// <returns><see langword="false"/>, with nothing changed, when it must not leave with the others.</returns>
    public bool TryAdd(NgPath* packetPath, int size, int ecn, int pathMax)
    {
        if (Used == 0)
        {
            Ngtcp2.PathCopy(_path, packetPath);
            _segmentSize = size;
            _ecn = ecn;
            Used = size;
            return true;
        }

        var isProbe = _segmentSize > pathMax; // a probe for a larger path must not decide the size of what follows
        if (size > _segmentSize || ecn != _ecn || (isProbe && size != _segmentSize) || Ngtcp2.PathEquals(_path, packetPath) == 0)
        {
            return false;
        }

        Used += size;
        return true;
    }

    /// <summary>Whether another packet of up to <paramref name="pathMax"/> bytes may follow one of <paramref name="lastSize"/>.</summary>
    public readonly bool CanGrow(int lastSize, int pathMax) => lastSize == _segmentSize && Io.UdpSocket.SendMax - Used >= pathMax;

    public void Send(Io.UdpSocket socket)
    {
        if (Used > 0)
        {
            socket.Send(*_path, _buffer, Used, _segmentSize, _ecn);
            Used = 0;
        }
    }
}
