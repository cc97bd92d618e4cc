using System.Net;
using System.Net.Sockets;

namespace Chirps.Tests.Quic;

/// <summary>Passes packets between one client and a server, losing some by a seeded choice, and those that are too large for it.</summary>
internal sealed class LossyRelay : IDisposable
{
    private readonly UdpClient _front = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly UdpClient _back = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly IPEndPoint _server;
    private readonly double _loss;
    private readonly int _largest;
    private IPEndPoint? _client;

    public LossyRelay(IPEndPoint server, double loss, int seed, int largest = int.MaxValue)
    {
        _largest = largest;
        _server = server;
        _loss = loss;
        _ = Pass(_front, _back, new Random(seed), from =>
        {
            _client = from;
            return _server;
        });
        _ = Pass(_back, _front, new Random(seed + 1), _ => _client!);
    }

    public IPEndPoint EndPoint => (IPEndPoint)_front.Client.LocalEndPoint!;

    public void Dispose()
    {
        _front.Dispose();
        _back.Dispose();
    }

    private async Task Pass(UdpClient input, UdpClient output, Random random, Func<IPEndPoint, IPEndPoint> target)
    {
        try
        {
            while (true)
            {
                var packet = await input.ReceiveAsync();
                var to = target(packet.RemoteEndPoint);
                if (random.NextDouble() >= _loss && packet.Buffer.Length <= _largest)
                {
                    await output.SendAsync(packet.Buffer, to);
                }
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
        }
    }
}
