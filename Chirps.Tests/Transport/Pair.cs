using System.Net;
using Chirps.Quic;
using Chirps.Tests.Quic;

namespace Chirps.Tests.Transport;

/// <summary>A client and a server of one provider.</summary>
internal sealed class Pair : IDisposable
{
    private readonly IProviderUnderTest _provider;

    public Pair(string provider, Func<QuicEndpointOptions, QuicEndpointOptions>? change = null)
        : this(provider, (change ?? Same)(Options(TestPki.Server)), (change ?? Same)(Options(TestPki.Client)))
    {
    }

    public Pair(string provider, QuicEndpointOptions server, QuicEndpointOptions client)
    {
        _provider = Providers.Create(provider);
        Server = new Recorder(_provider.Beat);
        Client = new Recorder(_provider.Beat);
        ServerEndpoint = _provider.Open(server, Server);
        ClientEndpoint = _provider.Open(client, Client);
    }

    public Recorder Server { get; }

    public Recorder Client { get; }

    public ITransportEndpoint ServerEndpoint { get; }

    public ITransportEndpoint ClientEndpoint { get; }

    public IPEndPoint Nobody => _provider.Nobody;

    public static QuicEndpointOptions Options(TlsMaterial tls) => new() { Bind = new IPEndPoint(IPAddress.Loopback, 0), Tls = tls };

    public ITransportConnection Dial(string? expectedNode = "server") => ClientEndpoint.Connect(ServerEndpoint.LocalEndPoint, expectedNode);

    /// <summary>Dials and waits until both sides are connected.</summary>
    public async Task<(ITransportConnection Client, ITransportConnection Server)> Connect()
    {
        Dial();
        await Until(() => !Client.Connections.IsEmpty && !Server.Connections.IsEmpty, "both sides are connected");
        return (Client.Connections.First(), Server.Connections.First());
    }

    public Task Until(Func<bool> condition, string name) => _provider.Until(condition, name);

    /// <summary>Waits until both sides saw the end of a connection.</summary>
    public Task UntilClosed() => Until(() => !Client.Closes.IsEmpty && !Server.Closes.IsEmpty, "both sides saw the connection closed");

    public Task Together(params Action[] actions) => _provider.Together(actions);

    public Task End(ITransportEndpoint endpoint) => _provider.Dispose(endpoint);

    public void Dispose()
    {
        ClientEndpoint.Dispose();
        ServerEndpoint.Dispose();
        _provider.Dispose();
    }

    private static QuicEndpointOptions Same(QuicEndpointOptions options) => options;
}
