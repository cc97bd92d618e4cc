using System.Diagnostics;
using System.Net;
using Chirps.Quic;

namespace Chirps.Benchmarks.Transport;

/// <summary>The asking side on Chirps.Quic.</summary>
internal sealed class QuicClient : ITransportHandler, IDisposable
{
    private readonly IPEndPoint _server;
    private long _connectedAt;

    public QuicClient(string directory, int port, Resumption resumption = Resumption.None)
    {
        _server = new IPEndPoint(IPAddress.Loopback, port);
        Endpoint = QuicTransport.Open(Options(directory, Certificates.Client) with { Resumption = resumption }, this);
    }

    public ITransportEndpoint Endpoint { get; }

    public static QuicEndpointOptions Options(string directory, string node) => new()
    {
        Bind = new IPEndPoint(IPAddress.Loopback, 0),
        Tls = Certificates.Load(directory, node),
        Provider = TransportProvider.Ngtcp2,
    };

    /// <summary>Dials and waits for a first answer.</summary>
    public async Task<ITransportConnection> ConnectAsync()
    {
        var connection = Endpoint.Connect(_server, Certificates.Server);
        await new QuicExchange(connection, Order.Echo, 0).AskAsync(new byte[1], 1);
        return connection;
    }

    /// <summary>Times a new connection in ticks of <see cref="Stopwatch"/>: until the handshake is done, and until the first answer.</summary>
    public async Task<(long Connected, long Answered, HandshakeKind Kind)> TimeConnect(IPEndPoint? through = null, bool early = false)
    {
        _connectedAt = 0;
        var start = Stopwatch.GetTimestamp();
        var connection = Endpoint.Connect(through ?? _server, Certificates.Server);
        var exchange = new QuicExchange(connection, Order.Echo, 0, early);
        await exchange.AskAsync(new byte[64], 64);
        var result = (Volatile.Read(ref _connectedAt) - start, exchange.AnsweredAt - start, connection.Handshake);
        connection.Close(0, "done");
        return result;
    }

    public void EarlyDataStarted(ITransportConnection connection)
    {
    }

    public void Connected(ITransportConnection connection) => Volatile.Write(ref _connectedAt, Stopwatch.GetTimestamp());

    public void Closed(ITransportConnection connection, CloseInfo info)
    {
    }

    public void StreamOpened(ITransportStream stream) => stream.Reset(1);

    public void StreamData(ITransportStream stream, ReadOnlySpan<byte> data, bool end) => (stream.State as QuicExchange)?.Take(data.Length);

    public void StreamWritable(ITransportStream stream) => (stream.State as QuicExchange)?.BecameWritable();

    public void StreamClosed(ITransportStream stream) => (stream.State as QuicExchange)?.Ended();

    public void DatagramReceived(ITransportConnection connection, ReadOnlySpan<byte> datagram)
    {
    }

    public void BatchEnded(ITransportConnection connection)
    {
    }

    public void Dispose() => Endpoint.Dispose();
}
