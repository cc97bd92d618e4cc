using System.Net;
using System.Net.Quic;
using System.Net.Security;
using System.Net.Sockets;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using NetConnection = System.Net.Quic.QuicConnection;
using NetListener = System.Net.Quic.QuicListener;

namespace Chirps.Quic.SystemQuic;

/// <content>Listening, accepting, and the options of both sides.</content>
internal sealed partial class SystemEndpoint
{
    private const int ListenBacklog = 512;

    /// <summary>Sizes msquic takes for its windows are powers of two.</summary>
    private const int WindowMax = 1 << 30;

    private readonly ConditionalWeakTable<NetConnection, SystemConnection> _incoming = [];

    /// <summary>What a connection we dial is made with.</summary>
    internal QuicClientConnectionOptions ClientOptions(SystemConnection connection)
    {
        var remote = connection.RemoteEndPoint;
        var isWildcard = Options.Bind.Address.Equals(IPAddress.Any) || Options.Bind.Address.Equals(IPAddress.IPv6Any);
        var options = new QuicClientConnectionOptions
        {
            RemoteEndPoint = remote,
            LocalEndPoint = isWildcard ? null : new IPEndPoint(Options.Bind.Address, 0),
            ClientAuthenticationOptions = new SslClientAuthenticationOptions
            {
                ApplicationProtocols = [new SslApplicationProtocol(Options.Alpn)],
                TargetHost = remote.Address.ToString(),
                ClientCertificateContext = Options.PresentCertificate ? connection.Credentials.Context : null,
                CertificateChainPolicy = ChainJudge.CreatePolicy(connection.Credentials.Authorities, peerIsClient: false),
                RemoteCertificateValidationCallback = (_, certificate, chain, _) => connection.Judge(certificate as X509Certificate2, chain),
            },
        };
        Configure(options);
        options.MaxInboundBidirectionalStreams++; // the control stream
        return options;
    }

    private NetListener Listen()
    {
        var options = new QuicListenerOptions
        {
            ListenEndPoint = Options.Bind,
            ListenBacklog = ListenBacklog,
            ApplicationProtocols = [new SslApplicationProtocol(Options.Alpn)],
            ConnectionOptionsCallback = (connection, _, _) => ValueTask.FromResult(ServerOptions(connection)),
        };
        try
        {
            return Task.Run(() => NetListener.ListenAsync(options).AsTask()).GetAwaiter().GetResult();
        }
        catch (QuicException e)
        {
            throw new SocketException((int)SocketError.AddressNotAvailable, $"{Options.Bind} cannot be bound: {e.Message}");
        }
    }

    /// <summary>What an incoming connection is made with. On a thread of the pool.</summary>
    private QuicServerConnectionOptions ServerOptions(NetConnection net)
    {
        var connection = new SystemConnection(this, isOutgoing: false, net.RemoteEndPoint, expectedNode: null, _credentials);
        Admit(connection);
        _incoming.Add(net, connection);
        Counters.HandshakePending(1);
        Loop.Post(connection.AwaitHandshake);
        var options = new QuicServerConnectionOptions
        {
            ServerAuthenticationOptions = new SslServerAuthenticationOptions
            {
                ApplicationProtocols = [new SslApplicationProtocol(Options.Alpn)],
                ServerCertificateContext = connection.Credentials.Context,
                ClientCertificateRequired = true,
                CertificateChainPolicy = ChainJudge.CreatePolicy(connection.Credentials.Authorities, peerIsClient: true),
                RemoteCertificateValidationCallback = (_, certificate, chain, _) => connection.Judge(certificate as X509Certificate2, chain),
            },
        };
        Configure(options);
        return options;
    }

    /// <summary>Takes an incoming connection into the books.</summary>
    /// <exception cref="InvalidOperationException">A limit is reached; the library then refuses the connection.</exception>
    private void Admit(SystemConnection connection)
    {
        lock (_lock)
        {
            if (_stopping || _connections.Count >= Options.ConnectionsMax)
            {
                Counters.Dropped(PacketDrop.ConnectionLimit);
                throw new InvalidOperationException("too many connections");
            }

            if (Counters.HandshakesPending >= Options.HandshakesMax)
            {
                Counters.Dropped(PacketDrop.HandshakeLimit);
                throw new InvalidOperationException("too many handshakes");
            }

            _connections.Add(connection);
        }
    }

    private void Configure(QuicConnectionOptions options)
    {
        var stream = Window(Options.StreamWindowBytes);
        options.DefaultCloseErrorCode = 0;
        options.DefaultStreamErrorCode = 0;
        options.IdleTimeout = Options.IdleTimeout;
        options.KeepAliveInterval = Options.KeepAlive == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : Options.KeepAlive;
        options.HandshakeTimeout = Options.HandshakeTimeout;
        options.MaxInboundBidirectionalStreams = Options.StreamsPerPeerMax;
        options.MaxInboundUnidirectionalStreams = SystemConnection.DatagramStreamsMax;
        options.InitialReceiveWindowSizes = new QuicReceiveWindowSizes
        {
            Connection = Window(Options.ConnectionWindowBytes),
            LocallyInitiatedBidirectionalStream = stream,
            RemotelyInitiatedBidirectionalStream = stream,
            UnidirectionalStream = Window(SystemConnection.DatagramBytesMax),
        };
    }

    private static int Window(int bytes) => (int)Math.Min(BitOperations.RoundUpToPowerOf2((uint)bytes), WindowMax);

    private async Task AcceptAllAsync()
    {
        while (true)
        {
            try
            {
                var net = await _listener.AcceptConnectionAsync().ConfigureAwait(true);
                if (_incoming.TryGetValue(net, out var connection))
                {
                    connection.Accept(net);
                }
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            catch (Exception e) when (e is QuicException or AuthenticationException or InvalidOperationException or OperationCanceledException)
            {
                if (_stopping)
                {
                    return;
                }

                LogAcceptFailed(_logger, e.Message);
            }
        }
    }
}
