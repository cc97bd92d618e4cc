using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Chirps.Iggy.Embedded.Log;
using Chirps.Iggy.Embedded.Sessions;
using Microsoft.Extensions.Logging;

namespace Chirps.Iggy.Embedded;

/// <summary>A server of Iggy's protocol over TCP and TLS, in this process, with its own log on disk.</summary>
/// <remarks>
/// It speaks the classic dialect (servers 0.7 and 0.8) and VSR as far as it is known, to clients that need not know what they talk to.
/// One node, one user; users, permissions and snapshots answer "feature unavailable". Any thread may call.
/// </remarks>
public sealed partial class EmbeddedIggyServer : IAsyncDisposable
{
    private const int Backlog = 512;

    private readonly EmbeddedIggyOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Socket _listener;
    private readonly Storage _storage;
    private readonly ServerContext _server;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _connections = [];
    private readonly Task[] _loops;
    private uint _lastClient;
    private bool _isStopped;

    private EmbeddedIggyServer(EmbeddedIggyOptions options, Storage storage, Socket listener, TimeProvider time, ILogger log)
    {
        _options = options;
        _time = time;
        _log = log;
        _listener = listener;
        _storage = storage;
        _server = new ServerContext(options, storage, time);
        LocalEndPoint = (IPEndPoint)listener.LocalEndPoint!;
        _loops = options.Durability == Durability.Interval
            ? [AcceptAsync(), RepeatAsync(options.MaintenanceInterval, storage.MaintainAsync), RepeatAsync(options.SyncInterval, storage.SyncAsync)]
            : [AcceptAsync(), RepeatAsync(options.MaintenanceInterval, storage.MaintainAsync)];
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint LocalEndPoint { get; }

    /// <summary>Connections at the moment.</summary>
    public int Connections => _server.Clients.Count;

    /// <summary>Opens the data directory, recovers what a crash may have left, and listens.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="time">The clock.</param>
    /// <param name="loggers">Where to log.</param>
    /// <returns>The running server; dispose it to stop it.</returns>
    /// <exception cref="ArgumentException">A setting that cannot be.</exception>
    /// <exception cref="IOException">The data directory is in use by another server, or cannot be read or written.</exception>
    /// <exception cref="InvalidDataException">The catalog of the data directory is damaged.</exception>
    /// <exception cref="SocketException">The address cannot be listened on.</exception>
    public static Task<EmbeddedIggyServer> StartAsync(EmbeddedIggyOptions options, TimeProvider time, ILoggerFactory loggers) => StartAsync(options, null, time, loggers);

    /// <summary>The same, with a counter of what is written.</summary>
    internal static async Task<EmbeddedIggyServer> StartAsync(EmbeddedIggyOptions options, LogCounters? counters, TimeProvider time, ILoggerFactory loggers)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loggers);
        Check(options);
        var log = loggers.CreateLogger<EmbeddedIggyServer>();
        var storage = await Storage.OpenAsync(options, counters, time, log).ConfigureAwait(false);
        var listener = new Socket(options.Endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(options.Endpoint);
            listener.Listen(Backlog);
        }
        catch
        {
            listener.Dispose();
            await storage.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        var server = new EmbeddedIggyServer(options, storage, listener, time, log);
        LogStarted(log, server.LocalEndPoint, options.DataDirectory);
        return server;
    }

    /// <summary>Stops in order: no more connections, requests under way are finished and answered, everything is on stable storage, the files are closed.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_isStopped)
            {
                return;
            }

            _isStopped = true;
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await Task.WhenAll(_loops).ConfigureAwait(false);
        _abort.CancelAfter(_options.StopTimeout);
        await Task.WhenAll(OpenConnections()).ConfigureAwait(false);
        await _storage.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
        _abort.Dispose();
        LogStopped(_log, LocalEndPoint);
    }

    private static void Check(EmbeddedIggyOptions options)
    {
        var passwordBytes = System.Text.Encoding.UTF8.GetByteCount(options.Password);
        if (passwordBytes is < 3 or > 100)
        {
            throw new ArgumentException("The password has 3 to 100 bytes.", nameof(options));
        }

        ArgumentException.ThrowIfNullOrEmpty(options.DataDirectory, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ConnectionsMax, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.RequestBytesMax, ClientSession.SmallBytes, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.PollBytesMax, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MemoryBytesMax, options.RequestBytesMax, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.SegmentBytes, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(options.DeduplicationWindow, nameof(options));
    }

    private Task[] OpenConnections()
    {
        lock (_gate)
        {
            return [.. _connections];
        }
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await _listener.AcceptAsync(_stopping.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException exception)
            {
                // Too many open files, for instance: those who are connected are served, others wait.
                LogNotAccepted(_log, exception);
                await PauseAsync().ConfigureAwait(false);
                continue;
            }

            if (_server.Clients.Count >= _options.ConnectionsMax)
            {
                socket.Dispose();
                continue;
            }

            Track(socket);
        }
    }

    private void Track(Socket socket)
    {
        var id = ++_lastClient;
        var connection = ServeAsync(id, socket);
        lock (_gate)
        {
            _connections.Add(connection);
        }

        _ = connection.ContinueWith(
            done =>
            {
                lock (_gate)
                {
                    _connections.Remove(done);
                }
            },
            CancellationToken.None,
            TaskContinuationOptions.None,
            TaskScheduler.Default);
    }

    private async Task ServeAsync(uint id, Socket socket)
    {
        using var owned = socket;
        try
        {
            socket.NoDelay = true;
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            var remote = (IPEndPoint)socket.RemoteEndPoint!;
            var local = (IPEndPoint)socket.LocalEndPoint!;
            using var plain = new NetworkStream(socket, ownsSocket: false);
            using var secured = _options.Tls is null ? null : new SslStream(plain, leaveInnerStreamOpen: true);
            using var session = new ClientSession(id, (Stream?)secured ?? plain, remote, local, _server, _stopping.Token, _abort.Token);

            // Before the handshake: a connection counts from its first moment.
            _server.Clients[id] = session;
            if (secured is not null)
            {
                await HandshakeAsync(secured).ConfigureAwait(false);
            }

            await session.RunAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is AuthenticationException or IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            LogRefused(_log, exception.Message);
        }
        catch (Exception exception)
        {
            LogBroken(_log, exception);
        }
        finally
        {
            _server.Clients.TryRemove(id, out _);
            foreach (var (_, topic) in _storage.Topics)
            {
                topic.Leave(id);
            }
        }
    }

    private async Task HandshakeAsync(SslStream stream)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        timeout.CancelAfter(_options.LoginTimeout);
        await stream.AuthenticateAsServerAsync(_options.Tls!(), timeout.Token).ConfigureAwait(false);
    }

    private async Task PauseAsync()
    {
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), _time, _stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task RepeatAsync(TimeSpan interval, Func<Task> work)
    {
        using var timer = new PeriodicTimer(interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token).ConfigureAwait(false))
            {
                await work().ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }
}
