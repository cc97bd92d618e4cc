using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Chirps.Quic.Native;

namespace Chirps.Quic.Io;

/// <summary>A bound UDP socket with the kernel's batching and segmentation offload.</summary>
/// <remarks><see cref="Send"/> may be called by several threads at a time.</remarks>
internal sealed unsafe class UdpSocket : IDisposable
{
    /// <summary>The kernel takes no more than this in one send, however it is segmented.</summary>
    public const int SendMax = 65507;

    private const int SocketBufferBytes = 4 << 20;
    private const int ControlSize = 128;
    private const long SendWaitNanoseconds = 1_000_000;

    private readonly Socket _socket;
    private readonly EndpointCounters _counters;
    private readonly bool _isIpv6;
    private volatile bool _segmentation;
    private volatile bool _muted;

    /// <param name="bind">The address.</param>
    /// <param name="counters">Where packets are counted.</param>
    /// <param name="segmentation">Whether to leave the cutting of groups to the kernel, as long as it can.</param>
    /// <exception cref="SocketException">The address cannot be bound.</exception>
    public UdpSocket(IPEndPoint bind, EndpointCounters counters, bool segmentation)
    {
        _counters = counters;
        _segmentation = segmentation;
        _isIpv6 = bind.AddressFamily == AddressFamily.InterNetworkV6;
        _socket = new Socket(bind.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        LocalAddress = (byte*)NativeMemory.AllocZeroed(SocketAddressBytes.SizeMax);
        try
        {
            IsWildcard = bind.Address.Equals(IPAddress.Any) || bind.Address.Equals(IPAddress.IPv6Any);
            IsDualMode = bind.Address.Equals(IPAddress.IPv6Any);
            if (_isIpv6)
            {
                _socket.DualMode = IsDualMode;
            }

            _socket.Bind(bind);
            _socket.ReceiveBufferSize = SocketBufferBytes;
            _socket.SendBufferSize = SocketBufferBytes;
            SetOptions();
            LocalEndPoint = (IPEndPoint)_socket.LocalEndPoint!;
            LocalAddressLength = SocketAddressBytes.Write(LocalEndPoint, LocalAddress);
            Descriptor = (int)_socket.Handle;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int Descriptor { get; }

    public IPEndPoint LocalEndPoint { get; } = new(IPAddress.None, 0);

    /// <summary>The bound address in the kernel's form; lives as long as the socket.</summary>
    public byte* LocalAddress { get; }

    public uint LocalAddressLength { get; }

    /// <summary>Bound to all addresses: packets must say which one they were sent to, and answers leave from it.</summary>
    public bool IsWildcard { get; }

    /// <summary>An IPv6 socket that serves IPv4 too.</summary>
    public bool IsDualMode { get; }

    /// <summary>Whether groups of packets leave in one system call.</summary>
    public bool UsesSegmentation => _segmentation;

    /// <summary>From now on nothing leaves the socket, as if the process had died.</summary>
    public void Mute() => _muted = true;

    /// <summary>Sends packets of <paramref name="segmentSize"/> bytes, the last one possibly shorter, to one address.</summary>
    /// <remarks>What the kernel does not take is lost, as the network might lose it: QUIC sends it again.</remarks>
    public void Send(in NgPath path, byte* data, int length, int segmentSize, int ecn)
    {
        if (_muted)
        {
            return;
        }

        var control = stackalloc byte[ControlSize];
        while (length > 0)
        {
            var chunk = _segmentation ? length : Math.Min(length, segmentSize);
            IoVector vector;
            vector.Base = data;
            vector.Length = (nuint)chunk;
            MessageHeader message = default;
            message.Name = path.Remote.Address;
            message.NameLength = path.Remote.Length;
            message.Vectors = &vector;
            message.VectorCount = 1;
            message.ControlLength = (nuint)WriteControl(control, path, chunk > segmentSize ? segmentSize : 0, ecn);
            message.Control = message.ControlLength == 0 ? null : control;
            var error = SendOnce(&message);
            if (error is Libc.ErrorIo or Libc.ErrorInvalid && chunk > segmentSize)
            {
                _segmentation = false; // this device or kernel cannot: one by one from now on
                continue;
            }

            var packets = (chunk + segmentSize - 1) / segmentSize;
            _counters.Sent(packets, chunk, error == 0);
            data += chunk;
            length -= chunk;
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        NativeMemory.Free(LocalAddress);
    }

    private int SendOnce(MessageHeader* message)
    {
        while (true)
        {
            _counters.SendCalled();
            if (Libc.SendMessage(Descriptor, message, Libc.MessageDontWait) >= 0)
            {
                return 0;
            }

            var error = Marshal.GetLastPInvokeError();
            if (error == Libc.ErrorInterrupted || (error == Libc.ErrorAgain && WaitWritable()))
            {
                continue;
            }

            return error;
        }
    }

    /// <summary>Gives a full device queue one millisecond; longer would hold up the connection's receive side.</summary>
    private bool WaitWritable()
    {
        PollDescriptor poll = default;
        poll.Descriptor = Descriptor;
        poll.Events = Libc.PollOut;
        TimeSpec timeout = default;
        timeout.Nanoseconds = SendWaitNanoseconds;
        return Libc.Poll(&poll, 1, &timeout, null) > 0;
    }

    private int WriteControl(byte* control, in NgPath path, int segmentSize, int ecn)
    {
        var used = 0;
        var ipv4 = !_isIpv6 || SocketAddressBytes.IsMapped(path.Remote.Address);
        if (segmentSize > 0)
        {
            *(ushort*)Append(control, ref used, Libc.LevelUdp, Libc.UdpSegment, sizeof(ushort)) = (ushort)segmentSize;
        }

        if (ecn != 0)
        {
            var (level, type) = ipv4 ? (Libc.LevelIp, Libc.IpTos) : (Libc.LevelIpv6, Libc.Ipv6TrafficClass);
            *(int*)Append(control, ref used, level, type, sizeof(int)) = ecn;
        }

        if (IsWildcard && path.Local.Address != null)
        {
            WriteSource(control, ref used, path.Local.Address);
        }

        return used;
    }

    /// <summary>An all-zero source leaves the choice to the kernel, which is what a client that has heard nothing yet wants.</summary>
    private void WriteSource(byte* control, ref int used, byte* local)
    {
        var source = _isIpv6
            ? new ReadOnlySpan<byte>(local + SocketAddressBytes.Ipv6AddressOffset, 16)
            : new ReadOnlySpan<byte>(local + SocketAddressBytes.Ipv4AddressOffset, 4);
        if (source.IndexOfAnyExcept((byte)0) < 0)
        {
            return;
        }

        var (level, type, size, offset) = _isIpv6
            ? (Libc.LevelIpv6, Libc.Ipv6PacketInfo, 20, 0) // in6_pktinfo: address, interface
            : (Libc.LevelIp, Libc.IpPacketInfo, 12, 4); // in_pktinfo: interface, source, destination
        var data = Append(control, ref used, level, type, size);
        new Span<byte>(data, size).Clear();
        source.CopyTo(new Span<byte>(data + offset, size - offset));
    }

    private static byte* Append(byte* control, ref int used, int level, int type, int dataLength)
    {
        const int HeaderSize = 16;
        var start = control + used;
        *(ulong*)start = (ulong)(HeaderSize + dataLength);
        *(int*)(start + 8) = level;
        *(int*)(start + 12) = type;
        used += (HeaderSize + dataLength + 7) & ~7;
        return start + HeaderSize;
    }

    private void SetOptions()
    {
        TrySet(Libc.LevelUdp, Libc.UdpGro, 1);
        TrySet(Libc.LevelIp, Libc.IpReceiveTos, 1);
        TrySet(Libc.LevelIp, Libc.IpMtuDiscover, Libc.MtuDiscoverProbe);
        if (IsWildcard)
        {
            TrySet(Libc.LevelIp, Libc.IpPacketInfo, 1);
        }

        if (_isIpv6)
        {
            TrySet(Libc.LevelIpv6, Libc.Ipv6ReceiveTrafficClass, 1);
            TrySet(Libc.LevelIpv6, Libc.Ipv6MtuDiscover, Libc.MtuDiscoverProbe);
            if (IsWildcard)
            {
                TrySet(Libc.LevelIpv6, Libc.Ipv6ReceivePacketInfo, 1);
            }
        }
    }

    /// <summary>Every option is an improvement the transport works without, so an old kernel's refusal is no error.</summary>
    private void TrySet(int level, int name, int value)
    {
        try
        {
            _socket.SetRawSocketOption(level, name, MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in value)));
        }
        catch (SocketException)
        {
        }
    }
}
