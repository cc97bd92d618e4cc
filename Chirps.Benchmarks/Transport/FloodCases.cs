using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Chirps.Benchmarks.Loopback;
using Chirps.Quic;

namespace Chirps.Benchmarks.Transport;

/// <summary>What a stranger's flood costs peers that are connected: their round trips alone, under random datagrams, and under handshakes nobody trusts.</summary>
internal sealed class FloodCases(GoalTable table, ITransportConnection connection, int port, int size, int count)
{
    private const int DatagramsPerBurst = 32;
    private const int HandshakesAtATime = 16;

    public async Task RunAsync()
    {
        var alone = await QuicCases.RoundTrips(connection, size, count);
        var (datagrams, packets) = await Under(Datagrams);
        var (handshakes, dials) = await Under(Handshakes);
        table.Section($"Round trip of {size} bytes between connected peers while a stranger floods the server, microseconds ({count} each)");
        table.Figure("alone", $"p50 {alone.P50,7:F1}  p99 {alone.P99,7:F1}");
        table.Figure("under random datagrams", $"p50 {datagrams.P50,7:F1}  p99 {datagrams.P99,7:F1}   {datagrams.P50 / alone.P50,5:F2} x alone   {packets / 1000} k datagrams");
        table.Figure("under handshakes of a foreign authority", $"p50 {handshakes.P50,7:F1}  p99 {handshakes.P99,7:F1}   {handshakes.P50 / alone.P50,5:F2} x alone   {dials} dials");
    }

    private async Task<(Latency RoundTrips, long Sent)> Under(Func<CancellationToken, long> flood)
    {
        using var stop = new CancellationTokenSource();
        var flooding = Task.Factory.StartNew(() => flood(stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var figure = await QuicCases.RoundTrips(connection, size, count);
        await stop.CancelAsync();
        return (figure, await flooding);
    }

    private long Datagrams(CancellationToken stop)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(IPAddress.Loopback, port);
        var bytes = new byte[1200];
        long sent = 0;
        while (!stop.IsCancellationRequested)
        {
            RandomNumberGenerator.Fill(bytes);
            for (var burst = 0; burst < DatagramsPerBurst; burst++)
            {
                bytes[0] = (byte)burst;
                socket.Send(bytes.AsSpan(0, 21 + (burst * 36)));
                sent++;
            }
        }

        return sent;
    }

    private long Handshakes(CancellationToken stop)
    {
        var foreign = DevelopmentCertificates.CreateAuthority("stranger", TimeSpan.FromDays(1));
        var material = DevelopmentCertificates.IssueNode(foreign, "bench", "stranger", TimeSpan.FromDays(1));
        using var ended = new SemaphoreSlim(HandshakesAtATime);
        using var endpoint = QuicTransport.Open(new QuicEndpointOptions { Bind = new IPEndPoint(IPAddress.Loopback, 0), Tls = material }, new Stranger(ended));
        long dials = 0;
        while (!stop.IsCancellationRequested)
        {
            if (ended.Wait(TimeSpan.FromMilliseconds(100), CancellationToken.None))
            {
                endpoint.Connect(new IPEndPoint(IPAddress.Loopback, port), expectedNode: null);
                dials++;
            }
        }

        return dials;
    }

    /// <summary>Dials again as soon as it was refused.</summary>
    private sealed class Stranger(SemaphoreSlim ended) : ITransportHandler
    {
        public void EarlyDataStarted(ITransportConnection connection)
        {
        }

        public void Connected(ITransportConnection connection)
        {
        }

        public void Closed(ITransportConnection connection, CloseInfo info)
        {
            if (info.Kind != CloseKind.EndpointClosed)
            {
                ended.Release();
            }
        }

        public void StreamOpened(ITransportStream stream)
        {
        }

        public void StreamData(ITransportStream stream, ReadOnlySpan<byte> data, bool end)
        {
        }

        public void StreamWritable(ITransportStream stream)
        {
        }

        public void StreamClosed(ITransportStream stream)
        {
        }

        public void DatagramReceived(ITransportConnection connection, ReadOnlySpan<byte> datagram)
        {
        }

        public void BatchEnded(ITransportConnection connection)
        {
        }
    }
}
