using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Microsoft.Extensions.Logging;
using NetListener = System.Net.Quic.QuicListener;

namespace Chirps.Quic.SystemQuic;

/// <summary>The port on System.Net.Quic: one listener, one thread for callbacks, and all connections.</summary>
/// <remarks>What the library does not offer is made up within the connection, invisible to the owner. A control stream, the first
/// one and opened by the accepting side, carries the verdicts about both certificates: dialling succeeds before the other
/// side has judged ours, and what a client sends before that is dropped and repeated late. The same stream carries the words
/// of a close. A datagram is a short stream of its own: it arrives or waits, and is dropped only by a full queue. Both sides
/// must therefore use this provider. Connections we dial leave from a port of their own.</remarks>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
internal sealed partial class SystemEndpoint : ITransportEndpoint
{
    private static readonly TimeSpan _stopTimeout = TimeSpan.FromSeconds(10);

    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly HashSet<SystemConnection> _connections = [];
    private readonly HashSet<SystemConnection> _batch = [];
    private readonly NetListener _listener;
    private volatile SystemCredentials _credentials;
    private bool _stopping;

    /// <exception cref="SocketException">The address cannot be bound.</exception>
    /// <exception cref="TlsMaterialException">The certificate cannot be used.</exception>
    public SystemEndpoint(QuicEndpointOptions options, ITransportHandler handler, ILogger logger)
    {
        Options = options;
        Handler = handler;
        _logger = logger;
        Identity = options.IdentityOverride ?? options.Tls.ReadIdentity();
        _credentials = new SystemCredentials(options.Tls);
        Loop = new EventLoop(EndBatches, e => LogCrashed(_logger, e));
        _listener = Listen();
        Loop.Start($"quic-{LocalEndPoint.Port}");
        Loop.Post(() => _ = AcceptAllAsync());
        LogStarted(_logger, Provider, LocalEndPoint, Identity);
        WarnOfWhatCannotBeHonoured();
    }

    public string Provider { get; } = SystemLibrary.Describe();

    public TransportFeatures Features => TransportFeatures.None;

    public bool IsOpen => !Volatile.Read(ref _stopping);

    public IPEndPoint LocalEndPoint => _listener.LocalEndPoint;

    public TransportIdentity Identity { get; }

    internal QuicEndpointOptions Options { get; }

    internal ITransportHandler Handler { get; }

    internal EventLoop Loop { get; }

    internal EndpointCounters Counters { get; } = new();

    internal SystemCredentials Credentials => _credentials;

    public ITransportConnection Connect(IPEndPoint remote, string? expectedNode)
    {
        ArgumentNullException.ThrowIfNull(remote);
        CheckReachable(remote);
        var connection = new SystemConnection(this, isOutgoing: true, remote, expectedNode, _credentials);
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_stopping, this);
            _connections.Add(connection);
        }

        Loop.Post(connection.Dial);
        return connection;
    }

    public void ReplaceCredentials(TlsMaterial material)
    {
        ArgumentNullException.ThrowIfNull(material);
        if (material.ReadIdentity() != Identity)
        {
            throw new TlsMaterialException($"certificate: does not name {Identity}.");
        }

        _credentials = new SystemCredentials(material);
    }

    public EndpointStatistics GetStatistics()
    {
        lock (_lock)
        {
            return Counters.Snapshot(_connections.Count);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            if (_stopping)
            {
                return;
            }

            _stopping = true;
        }

        Loop.Post(() => _ = ShutDownAsync());
        if (!Loop.IsCurrent && !Loop.Join(_stopTimeout))
        {
            LogStopTimeout(_logger, _stopTimeout); // a callback blocks; the thread stops when it returns
        }
    }

    /// <summary>The connection is gone.</summary>
    internal void Forget(SystemConnection connection)
    {
        lock (_lock)
        {
            _connections.Remove(connection);
        }

        connection.Dispose();
    }

    /// <summary>Something of the connection was handled in the current batch. On the loop.</summary>
    internal void MarkBatch(SystemConnection connection) => _batch.Add(connection);

    private void EndBatches()
    {
        if (_batch.Count == 0)
        {
            return;
        }

        SystemConnection[] touched = [.. _batch];
        _batch.Clear();
        foreach (var connection in touched)
        {
            connection.EndBatch();
        }
    }

    private void CheckReachable(IPEndPoint remote)
    {
        if (remote.Port == 0)
        {
            throw new ArgumentException($"{remote} has no port.", nameof(remote));
        }

        var isDual = Options.Bind.Address.Equals(IPAddress.IPv6Any) && remote.AddressFamily == AddressFamily.InterNetwork;
        if (!isDual && remote.AddressFamily != Options.Bind.AddressFamily)
        {
            throw new ArgumentException($"{remote} cannot be reached from a socket bound to {LocalEndPoint}.", nameof(remote));
        }
    }

    /// <summary>Ends everything. On the loop, its last act.</summary>
    private async Task ShutDownAsync()
    {
        SystemConnection[] connections;
        lock (_lock)
        {
            connections = [.. _connections];
        }

        await Task.WhenAll(connections.Select(connection => connection.ShutDown())).ConfigureAwait(true);
        await _listener.DisposeAsync().ConfigureAwait(true);
        LogStopped(_logger, LocalEndPoint);
        Loop.Stop();
    }
}
