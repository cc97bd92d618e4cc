using System.Net;
using Chirps.Quic;

namespace Chirps.Tests.Quic;

/// <summary>Two endpoints on loopback with a handler each.</summary>
internal sealed class Loopback : IDisposable
{
    public Loopback(Func<QuicEndpointOptions, QuicEndpointOptions>? change = null, IPAddress? address = null)
    {
        var change1 = change ?? (options => options);
        ServerEndpoint = Open(change1(Options(TestPki.Server, address)), Server);
        ClientEndpoint = Open(change1(Options(TestPki.Client, address)), Client);
    }

    public TestHandler Server { get; } = new();

    public TestHandler Client { get; } = new();

    public ITransportEndpoint ServerEndpoint { get; }

    public ITransportEndpoint ClientEndpoint { get; }

    public static QuicEndpointOptions Options(TlsMaterial tls, IPAddress? address = null)
        => new() { Bind = new IPEndPoint(address ?? IPAddress.Loopback, 0), Tls = tls };

    public static ITransportEndpoint Open(QuicEndpointOptions options, ITransportHandler handler) => QuicTransport.Open(options, handler);

    /// <summary>Dials and waits until both sides are connected.</summary>
    public async Task<(ITransportConnection Client, ITransportConnection Server)> Connect()
    {
        ClientEndpoint.Connect(ServerEndpoint.LocalEndPoint, "server");
        return (await Client.ConnectedEvent("client"), await Server.ConnectedEvent("server"));
    }

    public void Dispose()
    {
        ClientEndpoint.Dispose();
        ServerEndpoint.Dispose();
    }
}
