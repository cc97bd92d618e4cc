using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Chirps.Benchmarks.Loopback;

/// <summary>Raw UDP and TLS over TCP, for comparison: servers in the peer's process, clients in this one.</summary>
internal static class Baselines
{
    private const byte CountOnly = 1;
    private const byte Echo = 0;
    private const byte Last = 255;

    /// <summary>Answers each datagram that does not start with <see cref="CountOnly"/>.</summary>
    public static int StartUdpEcho()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveBufferSize = 4 << 20 };
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        new Thread(() =>
        {
            var buffer = new byte[65536];
            var from = new SocketAddress(AddressFamily.InterNetwork);
            while (true)
            {
                var length = socket.ReceiveFrom(buffer, SocketFlags.None, from);
                if (buffer[0] != CountOnly)
                {
                    socket.SendTo(buffer.AsSpan(0, length), SocketFlags.None, from);
                }
            }
        })
        { IsBackground = true }.Start();
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Echoes what starts with <see cref="Echo"/>; of the rest only answers chunks that end with <see cref="Last"/>.</summary>
    public static int StartTlsEcho(X509Certificate2 certificate)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _ = Task.Run(async () =>
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync();
                _ = Task.Run(() => ServeTls(client, certificate));
            }
        });
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static async Task<Latency> UdpRoundTrips(int port, int size, int count)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var (sent, received, ticks) = (new byte[size], new byte[65536], new long[count]);
        for (var round = -count / 5; round < count; round++)
        {
            var start = Stopwatch.GetTimestamp();
            var answer = socket.ReceiveAsync(received.AsMemory());
            await socket.SendAsync(sent.AsMemory());
            await answer;
            if (round >= 0)
            {
                ticks[round] = Stopwatch.GetTimestamp() - start;
            }
        }

        return Latency.Of(ticks);
    }

    public static Throughput UdpSends(int port, int size, int count)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(IPAddress.Loopback, port);
        var payload = new byte[size];
        payload[0] = CountOnly;
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var watch = Stopwatch.StartNew();
        for (var sent = 0; sent < count; sent++)
        {
            socket.Send(payload);
        }

        var seconds = watch.Elapsed.TotalSeconds;
        return new Throughput(count / seconds, (GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)count, "sent, losses not counted");
    }

    public static async Task<Latency> TlsRoundTrips(int port, int size, int count)
    {
        await using var stream = await ConnectTls(port);
        var (sent, received, ticks) = (new byte[size], new byte[size], new long[count]);
        sent[0] = Echo;
        for (var round = -count / 5; round < count; round++)
        {
            var start = Stopwatch.GetTimestamp();
            await stream.WriteAsync(sent);
            await stream.ReadExactlyAsync(received);
            if (round >= 0)
            {
                ticks[round] = Stopwatch.GetTimestamp() - start;
            }
        }

        return Latency.Of(ticks);
    }

    public static async Task<Throughput> TlsSends(int port, int size, int count)
    {
        await using var stream = await ConnectTls(port);
        var payload = new byte[size];
        Array.Fill(payload, CountOnly);
        var allocated = GC.GetTotalAllocatedBytes(precise: true);
        var watch = Stopwatch.StartNew();
        for (var sent = 0; sent < count - 1; sent++)
        {
            await stream.WriteAsync(payload);
        }

        payload[^1] = Last;
        await stream.WriteAsync(payload);
        await stream.ReadExactlyAsync(new byte[1]);
        var seconds = watch.Elapsed.TotalSeconds;
        return new Throughput(count / seconds, (GC.GetTotalAllocatedBytes(precise: true) - allocated) / (double)count, "one write each, not acknowledged");
    }

    private static async Task ServeTls(TcpClient client, X509Certificate2 certificate)
    {
        client.NoDelay = true;
        await using var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate, EnabledSslProtocols = SslProtocols.Tls13 });
        var buffer = new byte[131072];
        var one = new byte[1];
        try
        {
            while (await stream.ReadAsync(buffer) is var length and > 0)
            {
                if (buffer[0] == Echo)
                {
                    await stream.WriteAsync(buffer.AsMemory(0, length));
                }
                else if (buffer[length - 1] == Last)
                {
                    await stream.WriteAsync(one);
                }
            }
        }
        catch (IOException)
        {
        }
    }

    private static async Task<SslStream> ConnectTls(int port)
    {
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, port);
        var stream = new SslStream(client.GetStream());
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "peer",
            EnabledSslProtocols = SslProtocols.Tls13,
            RemoteCertificateValidationCallback = static (_, _, _, _) => true,
        });
        return stream;
    }
}
