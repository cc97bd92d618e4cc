using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Chirps.Iggy.Client;
using Chirps.Iggy.Protocol.Dialects;
using Chirps.Tests.Quic;

namespace Chirps.Tests.Iggy.Client;

/// <summary>A server on loopback whose every word the test says.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly List<ScriptedPeer> _peers = [];

    public ScriptedServer(IIggyDialect? dialect = null)
    {
        Dialect = dialect ?? ClassicDialect.Instance;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
    }

    public IIggyDialect Dialect { get; }

    public X509Certificate2? Certificate { get; init; }

    /// <summary>Options of a client of this server: fixed dialect, no heartbeat, no pause.</summary>
    public IggyClientOptions Options => new()
    {
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port,
        Password = "secret",
        Dialect = Dialect.Kind,
        HeartbeatInterval = Timeout.InfiniteTimeSpan,
        ReconnectDelayMin = TimeSpan.Zero,
        ReconnectDelayMax = TimeSpan.Zero,
    };

    /// <summary>The next connection.</summary>
    public async Task<ScriptedPeer> AcceptAsync()
    {
        using var patience = new CancellationTokenSource(Expect.Patience);
        Stream stream = new NetworkStream(await _listener.AcceptAsync(patience.Token), ownsSocket: true);
        if (Certificate is not null)
        {
            var secure = new SslStream(stream);
            await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = Certificate }, patience.Token);
            stream = secure;
        }

        var peer = new ScriptedPeer(stream, Dialect);
        _peers.Add(peer);
        return peer;
    }

    /// <summary>The next connection, logged in.</summary>
    public async Task<ScriptedPeer> AcceptLoginAsync()
    {
        var peer = await AcceptAsync();
        await peer.LogInAsync();
        return peer;
    }

    /// <summary>A client that is logged in, and the connection's other end.</summary>
    public async Task<(IggyClient Client, ScriptedPeer Peer)> ConnectAsync(IggyClientOptions? options = null)
    {
        var client = new IggyClient(options ?? Options);
        var connecting = client.ConnectAsync().AsTask();
        var peer = await AcceptLoginAsync();
        await connecting;
        return (client, peer);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        foreach (var peer in _peers)
        {
            await peer.DisposeAsync();
        }
    }
}
