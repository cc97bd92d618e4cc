using System.Net;
using System.Net.Sockets;
using System.Text;
using Chirps.Iggy.Embedded;
using Chirps.Iggy.Embedded.Log;
using Chirps.Node;
using Chirps.Quic;
using Microsoft.Extensions.Logging;

namespace Chirps.Iggy.Backend;

/// <summary>Hosts the embedded server for the whole mesh, inside mutual TLS with the mesh's certificates, and announces its address in the node's key-values.</summary>
internal sealed partial class IggyHost : IAsyncDisposable
{
    private static readonly TimeSpan _retryPause = TimeSpan.FromSeconds(1);

    private readonly MeshNode _node;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _log;
    private readonly HostMetrics _metrics;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;
    private volatile EmbeddedIggyServer? _server;

    /// <summary>Begins to host.</summary>
    public IggyHost(MeshNode node, TimeProvider time, ILoggerFactory loggers)
    {
        _node = node;
        _time = time;
        _loggers = loggers;
        _log = loggers.CreateLogger<IggyHost>();
        _metrics = new HostMetrics(node.Metrics, () => _server?.Connections ?? 0);
        _running = Task.Run(RunAsync);
    }

    /// <summary>Whether a node hosts: without a configured server, the one that begins the mesh, unless it was told not to.</summary>
    public static bool IsWanted(MeshOptions options) => options.Backends.Iggy.Host && options.Backends.Iggy.Url.Length == 0 && options.Mesh.Seeds.Nodes.Count == 0;

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        var options = Options();
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                var server = await EmbeddedIggyServer.StartAsync(options, _metrics.Log, _time, _loggers).ConfigureAwait(false);
                await using var stopped = server.ConfigureAwait(false);
                _server = server;
                var address = new IPEndPoint(_node.Membership.Self.Address.ToIPEndPoint().Address, server.LocalEndPoint.Port);
                await _node.SetReservedAsync(MeshNode.IggyAddressKey, Encoding.UTF8.GetBytes(address.ToString()), _stopping.Token).ConfigureAwait(false);
                await Task.Delay(Timeout.InfiniteTimeSpan, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException or SocketException or ArgumentException)
            {
                LogNotHosting(_log, options.DataDirectory, exception);
                await Task.Delay(_retryPause, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private EmbeddedIggyOptions Options()
    {
        var options = _node.Options;
        var iggy = options.Backends.Iggy;
        return new EmbeddedIggyOptions
        {
            Endpoint = new IPEndPoint(IPEndPoint.Parse(options.Mesh.ListenAddress).Address, iggy.Port),
            DataDirectory = iggy.DataDirectory.Length > 0 ? iggy.DataDirectory : Path.Combine(options.Mesh.DataDirectory, "iggy", _node.Membership.Self.Id.ToString()),
            Durability = (Durability)iggy.Durability,
            Password = IggyLink.HostedPassword,
            Tls = () => StreamTls.ForServer(_node.Material),
        };
    }

    [LoggerMessage(3210, LogLevel.Error, "The server of durable messages cannot be hosted with {Directory}; it is tried again")]
    private static partial void LogNotHosting(ILogger logger, string directory, Exception exception);
}
