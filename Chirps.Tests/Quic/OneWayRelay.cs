using System.Net;
using System.Net.Sockets;

namespace Chirps.Tests.Quic;

/// <summary>Passes the first packets of clients to a server and keeps the answers, as if the clients' address were forged.</summary>
internal sealed class OneWayRelay : IDisposable
{
    private readonly UdpClient _front = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly UdpClient _back = new(new IPEndPoint(IPAddress.Loopback, 0));
    private long _passed;
    private long _answered;

    /// <param name="server">Where the packets go.</param>
    /// <param name="connectionsMax">Packets passed; one is a first flight.</param>
    public OneWayRelay(IPEndPoint server, int connectionsMax = 1)
    {
        _ = Receive(_front, packet =>
        {
            if (connectionsMax-- > 0)
            {
                Interlocked.Add(ref _passed, packet.Length);
                _back.Send(packet, server);
            }
        });
        _ = Receive(_back, packet => Interlocked.Add(ref _answered, packet.Length));
    }

    public IPEndPoint EndPoint => (IPEndPoint)_front.Client.LocalEndPoint!;

    /// <summary>Bytes that reached the server.</summary>
    public long Passed => Interlocked.Read(ref _passed);

    /// <summary>Bytes the server answered.</summary>
    public long Answered => Interlocked.Read(ref _answered);

    public void Dispose()
    {
        _front.Dispose();
        _back.Dispose();
    }

    private static async Task Receive(UdpClient socket, Action<byte[]> take)
    {
        try
        {
            while (true)
            {
                take((await socket.ReceiveAsync()).Buffer);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
        }
    }
}
