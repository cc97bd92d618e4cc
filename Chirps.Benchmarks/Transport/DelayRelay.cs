using System.Net;
using System.Net.Sockets;

namespace Chirps.Benchmarks.Transport;

/// <summary>Passes packets between one client and a server, each after the same delay.</summary>
internal sealed class DelayRelay : IDisposable
{
    private readonly UdpClient _front = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly UdpClient _back = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly TimeSpan _delay;
    private IPEndPoint? _client;

    public DelayRelay(IPEndPoint server, TimeSpan delay)
    {
        _delay = delay;
        _ = Pass(_front, _back, from =>
        {
            _client = from;
            return server;
        });
        _ = Pass(_back, _front, _ => _client!);
    }

    public IPEndPoint EndPoint => (IPEndPoint)_front.Client.LocalEndPoint!;

    public void Dispose()
    {
        _front.Dispose();
        _back.Dispose();
    }

    private async Task Pass(UdpClient input, UdpClient output, Func<IPEndPoint, IPEndPoint> target)
    {
        try
        {
            while (true)
            {
                var packet = await input.ReceiveAsync();
                _ = Forward(output, packet.Buffer, target(packet.RemoteEndPoint));
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
        }
    }

    private async Task Forward(UdpClient output, byte[] packet, IPEndPoint to)
    {
        await Task.Delay(_delay);
        try
        {
            await output.SendAsync(packet, to);
        }
        catch (ObjectDisposedException)
        {
        }
    }
}
