using System.Runtime.InteropServices;
using Chirps.Quic.Native;

namespace Chirps.Quic.Io;

/// <summary>The buffers of one <c>recvmmsg</c>. Used by one thread.</summary>
internal sealed unsafe class ReceiveBatch : IDisposable
{
    public const int Capacity = 4;

    private const int BufferSize = 65536;
    private const int ControlSize = 128;
    private const int ControlHeaderSize = 16;

    private readonly UdpSocket _socket;
    private readonly byte* _buffers;
    private readonly MultiMessageHeader* _headers;
    private readonly IoVector* _vectors;
    private readonly byte* _remotes;
    private readonly byte* _locals;
    private readonly byte* _controls;

    public ReceiveBatch(UdpSocket socket)
    {
        _socket = socket;
        _buffers = (byte*)NativeMemory.AlignedAlloc(BufferSize * Capacity, 4096);
        _headers = (MultiMessageHeader*)NativeMemory.AllocZeroed((nuint)sizeof(MultiMessageHeader) * Capacity);
        _vectors = (IoVector*)NativeMemory.AllocZeroed((nuint)sizeof(IoVector) * Capacity);
        _remotes = (byte*)NativeMemory.AllocZeroed(SocketAddressBytes.SizeMax * Capacity);
        _locals = (byte*)NativeMemory.AllocZeroed(SocketAddressBytes.SizeMax * Capacity);
        _controls = (byte*)NativeMemory.AllocZeroed(ControlSize * Capacity);
        for (var i = 0; i < Capacity; i++)
        {
            _vectors[i].Base = _buffers + (i * BufferSize);
            _vectors[i].Length = BufferSize;
            _headers[i].Header.Vectors = _vectors + i;
            _headers[i].Header.VectorCount = 1;
            _headers[i].Header.Name = _remotes + (i * SocketAddressBytes.SizeMax);
            _headers[i].Header.Control = _controls + (i * ControlSize);
        }
    }

    /// <summary>Takes what has arrived, without waiting.</summary>
    /// <returns>Messages taken; 0 when there are none.</returns>
    public int Receive()
    {
        for (var i = 0; i < Capacity; i++)
        {
            _headers[i].Header.NameLength = SocketAddressBytes.SizeMax;
            _headers[i].Header.ControlLength = ControlSize;
        }

        return Math.Max(0, Libc.ReceiveMany(_socket.Descriptor, _headers, Capacity, Libc.MessageDontWait, null));
    }

    /// <summary>Reads one message of the last <see cref="Receive"/>.</summary>
    public ReceivedMessage Read(int index)
    {
        ref var header = ref _headers[index];
        var local = _locals + (index * SocketAddressBytes.SizeMax);
        ReceivedMessage message = default;
        message.Data = (byte*)_vectors[index].Base;
        message.Length = (int)header.Length;
        message.SegmentSize = Math.Max(1, message.Length);
        message.Remote = (byte*)header.Header.Name;
        message.RemoteLength = header.Header.NameLength;
        message.Local = _socket.LocalAddress;
        message.LocalLength = _socket.LocalAddressLength;

        var control = (byte*)header.Header.Control;
        var end = control + header.Header.ControlLength;
        while (control + ControlHeaderSize <= end)
        {
            var length = (int)*(ulong*)control;
            if (length < ControlHeaderSize)
            {
                break;
            }

            ReadControl(*(int*)(control + 8), *(int*)(control + 12), control + ControlHeaderSize, ref message, local);
            control += (length + 7) & ~7;
        }

        return message;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_buffers);
        NativeMemory.Free(_headers);
        NativeMemory.Free(_vectors);
        NativeMemory.Free(_remotes);
        NativeMemory.Free(_locals);
        NativeMemory.Free(_controls);
    }

    private void ReadControl(int level, int type, byte* data, ref ReceivedMessage message, byte* local)
    {
        switch (level, type)
        {
            case (Libc.LevelUdp, Libc.UdpGro):
                message.SegmentSize = Math.Max(1, *(int*)data);
                break;
            case (Libc.LevelIp, Libc.IpTos):
                message.Ecn = *data & 3;
                break;
            case (Libc.LevelIpv6, Libc.Ipv6TrafficClass):
                message.Ecn = *(int*)data & 3;
                break;
            case (Libc.LevelIp, Libc.IpPacketInfo) when _socket.IsWildcard && !SocketAddressBytes.IsIpv6(_socket.LocalAddress):
                CopyLocal(local, SocketAddressBytes.Ipv4AddressOffset, data + 8, 4);
                message.Local = local;
                break;
            case (Libc.LevelIpv6, Libc.Ipv6PacketInfo) when _socket.IsWildcard:
                CopyLocal(local, SocketAddressBytes.Ipv6AddressOffset, data, 16);
                message.Local = local;
                break;
            default:
                break;
        }
    }

    /// <summary>The bound port with the address the packet was really sent to.</summary>
    private void CopyLocal(byte* local, int offset, byte* address, int length)
    {
        new ReadOnlySpan<byte>(_socket.LocalAddress, SocketAddressBytes.SizeMax).CopyTo(new Span<byte>(local, SocketAddressBytes.SizeMax));
        new ReadOnlySpan<byte>(address, length).CopyTo(new Span<byte>(local + offset, length));
    }
}
