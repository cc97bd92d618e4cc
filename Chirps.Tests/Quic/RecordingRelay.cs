using System.Net;
using System.Net.Sockets;

namespace Chirps.Tests.Quic;

/// <summary>Passes packets between one client and a server, and can send the client's first flight again from another port.</summary>
internal sealed class RecordingRelay : IDisposable
{
    private readonly UdpClient _front = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly UdpClient _back = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly List<byte[]> _flight = [];
    private readonly IPEndPoint _server;
    private IPEndPoint? _client;
    private bool _answered;

    public RecordingRelay(IPEndPoint server)
    {
        _server = server;
        _ = Pass(_front, _back, packet =>
        {
            _client = packet.RemoteEndPoint;
            lock (_flight)
            {
                if (!_answered)
                {
                    _flight.Add(packet.Buffer);
                }
            }

            return _server;
        });
        _ = Pass(_back, _front, _ =>
        {
            lock (_flight)
            {
                _answered = true;
            }

            return _client!;
        });
    }

    public IPEndPoint EndPoint => (IPEndPoint)_front.Client.LocalEndPoint!;

    /// <summary>Sends again what the client had sent before the server's first answer.</summary>
    public async Task RepeatFirstFlight()
    {
        using var attacker = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        foreach (var packet in _flight)
        {
            await attacker.SendAsync(packet, _server);
        }
    }

    public void Dispose()
    {
        _front.Dispose();
        _back.Dispose();
    }

    private static async Task Pass(UdpClient input, UdpClient output, Func<UdpReceiveResult, IPEndPoint> target)
    {
        try
        {
            while (true)
            {
                var packet = await input.ReceiveAsync();
                await output.SendAsync(packet.Buffer, target(packet));
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
        }
    }
}
