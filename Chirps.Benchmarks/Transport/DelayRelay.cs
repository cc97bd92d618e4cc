using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

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
        var underway = Channel.CreateUnbounded<(long Due, byte[] Packet, IPEndPoint To)>();
        _ = Forward(output, underway.Reader);
        try
        {
            while (true)
            {
                var packet = await input.ReceiveAsync();
                underway.Writer.TryWrite((Stopwatch.GetTimestamp() + (long)(_delay.TotalSeconds * Stopwatch.Frequency), packet.Buffer, target(packet.RemoteEndPoint)));
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            underway.Writer.TryComplete();
        }
    }

    /// <summary>In the order in which they came: a path that swaps packets would measure something else.</summary>
    private static async Task Forward(UdpClient output, ChannelReader<(long Due, byte[] Packet, IPEndPoint To)> underway)
    {
        try
        {
            await foreach (var (due, packet, to) in underway.ReadAllAsync())
            {
                var left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
                if (left > TimeSpan.Zero)
                {
                    await Task.Delay(left);
                }

                await output.SendAsync(packet, to);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
        }
    }
}
