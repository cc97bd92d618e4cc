using System.Net;
using System.Net.Sockets;
using Chirps.Quic.Io;
using Microsoft.Extensions.Logging;

namespace Chirps.Quic;

/// <summary>One socket, one thread, and all connections of it.</summary>
internal sealed unsafe partial class QuicEndpoint : ITransportEndpoint
{
    private static readonly TimeSpan _stopTimeout = TimeSpan.FromSeconds(10);

    private readonly ILogger _logger;
    private readonly Lock _lifeLock = new();
    private readonly Lock _connectionsLock = new();
    private readonly HashSet<QuicConnection> _connections = [];
    private readonly Thread _thread;
    private int _disposed;
    private bool _closed;

    /// <exception cref="SocketException">The address cannot be bound.</exception>
    /// <exception cref="TlsMaterialException">The certificate cannot be used.</exception>
    public QuicEndpoint(QuicEndpointOptions options, ITransportHandler handler, ILogger logger, string provider)
    {
        Options = options;
        Handler = handler;
        Provider = provider;
        _logger = logger;
        Sources = new SourceLimit(Math.Max(1, options.HandshakesMax / 4));
        Tls = new TlsIdentity(options, Counters);
        try
        {
            Socket = new UdpSocket(options.Bind, Counters, options.Segmentation);
        }
        catch
        {
            Tls.Dispose();
            throw;
        }

        Ids = new ConnectionIds(options.Tls.KeyPem, Socket.LocalEndPoint.Port);
        _thread = new Thread(RunThread) { IsBackground = true, Name = $"quic-{Socket.LocalEndPoint.Port}" };
        _thread.Start();
        LogStarted(_logger, Provider, Socket.LocalEndPoint, Identity);
    }

    public string Provider { get; }

    public TransportFeatures Features => TransportFeatures.Datagrams | TransportFeatures.Priorities | TransportFeatures.CongestionChoice
        | (Options.Resumption == Resumption.EarlyData ? TransportFeatures.EarlyData : TransportFeatures.None)
        | (Socket.UsesSegmentation ? TransportFeatures.SegmentationOffload : TransportFeatures.None);

    public bool IsOpen => !_stopping && !Volatile.Read(ref _closed);

    public IPEndPoint LocalEndPoint => Socket.LocalEndPoint;

    public TransportIdentity Identity => Tls.Identity;

    internal QuicEndpointOptions Options { get; }

    internal ITransportHandler Handler { get; }

    internal TlsIdentity Tls { get; }

    internal UdpSocket Socket { get; }

    internal ConnectionIds Ids { get; }

    internal BlockPool Blocks { get; } = new();

    internal TransmitBuffers Buffers { get; } = new();

    internal EndpointCounters Counters { get; } = new();

    /// <summary>A quarter of the places for one source: from there on it must prove its address, and can take no more.</summary>
    internal SourceLimit Sources { get; }

    public ITransportConnection Connect(IPEndPoint remote, string? expectedNode)
    {
        ArgumentNullException.ThrowIfNull(remote);
        var target = ToSocketFamily(remote);
        var address = stackalloc byte[SocketAddressBytes.SizeMax];
        var length = SocketAddressBytes.Write(target, address);
        QuicConnection connection;
        lock (_lifeLock)
        {
            // Under the lock: once the thread has begun to free what a connection is made of, none may be made.
            ObjectDisposedException.ThrowIf(_stopping || _closed, this);
            connection = new QuicConnection(this, address, length, expectedNode);
            Add(connection);
        }

        connection.Signal();
        return connection;
    }

    public void ReplaceCredentials(TlsMaterial material) => Tls.Replace(material);

    public EndpointStatistics GetStatistics() => Counters.Snapshot(CountConnections());

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _stopping = true;
        _wake.Signal();
        if (!IsEndpointThread && !_thread.Join(_stopTimeout))
        {
            LogStopTimeout(_logger, _stopTimeout); // a callback blocks; the thread stops when it returns
        }
    }

    /// <summary>Stops without a word to any peer, as a crash would.</summary>
    internal void Abort()
    {
        Socket.Mute();
        Dispose();
    }

    /// <summary>The connection's native parts are gone.</summary>
    internal void Forget(QuicConnection connection)
    {
        lock (_connectionsLock)
        {
            _connections.Remove(connection);
        }

        if (IsEndpointThread)
        {
            _timers.Set(connection, ulong.MaxValue);
        }
    }

    private void Add(QuicConnection connection)
    {
        lock (_connectionsLock)
        {
            _connections.Add(connection);
        }
    }

    private int CountConnections()
    {
        lock (_connectionsLock)
        {
            return _connections.Count;
        }
    }

    private IPEndPoint ToSocketFamily(IPEndPoint remote)
    {
        if (remote.Port == 0)
        {
            throw new ArgumentException($"{remote} has no port.", nameof(remote));
        }

        if (remote.AddressFamily == LocalEndPoint.AddressFamily)
        {
            return remote;
        }

        return Socket.IsDualMode && remote.AddressFamily == AddressFamily.InterNetwork
            ? new IPEndPoint(remote.Address.MapToIPv6(), remote.Port)
            : throw new ArgumentException($"{remote} cannot be reached from a socket bound to {LocalEndPoint}.", nameof(remote));
    }

    /// <summary>Ends everything. On the endpoint's thread, its last act.</summary>
    private void ShutDown()
    {
        lock (_lifeLock)
        {
            _closed = true;
        }

        QuicConnection[] connections;
        lock (_connectionsLock)
        {
            connections = [.. _connections];
        }

        foreach (var connection in connections)
        {
            connection.Shutdown();
        }

        _batch.Dispose();
        Socket.Dispose();
        _wake.Dispose();
        Tls.Dispose();
        Blocks.Dispose();
        Buffers.Dispose();
        LogStopped(_logger, LocalEndPoint);
    }
}
