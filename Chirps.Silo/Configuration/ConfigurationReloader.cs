using Chirps.Node;

namespace Chirps.Silo.Configuration;

/// <summary>
/// Reads the configuration anew when one of its files changes. What is safe comes into force at once; of the rest the log says that it waits for a
/// restart. A file with a mistake changes nothing.
/// </summary>
/// <param name="layers">Where the configuration comes from.</param>
/// <param name="live">Gets the settings: log levels follow it.</param>
/// <param name="services">Has the mesh node, which gets routes and limits; it is there once the silo runs.</param>
/// <param name="clock">For the timer.</param>
/// <param name="logger">Says what came into force and what did not. Names keys, never values.</param>
internal sealed partial class ConfigurationReloader(ConfigurationLayers layers, LiveConfiguration live, IServiceProvider services, TimeProvider clock, ILogger<ConfigurationReloader> logger) : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _settleTime = TimeSpan.FromMilliseconds(200);

    private FileWatch? _watch;
    private string _inForce = "";
    private string _seen = "";
    private string? _problem;
    private HashSet<string> _waiting = [];
    private NodeSettings? _atStart;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _atStart = NodeSettings.Read(layers);
        _inForce = _seen = Fingerprint();
        _watch = new FileWatch(layers.Files, _interval, _settleTime, Look, clock);
        return Task.CompletedTask;
    }

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        _watch?.Dispose();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _watch?.Dispose();

    /// <summary>Files are rewritten in place: what two looks see alike is acted on.</summary>
    private bool Look()
    {
        try
        {
            var now = Fingerprint();
            var isNew = now != _seen;
            _seen = now;
            if (!isNew && now != _inForce)
            {
                _inForce = now;
                Apply(NodeSettings.ReadValid(layers));
                _problem = null;
            }

            return isNew;
        }
        catch (Exception exception)
        {
            // Whatever is in the files: it must not end the process, which an exception on a timer does.
            if (_problem != exception.Message)
            {
                _problem = exception.Message;
                LogRefused(exception.Message);
            }

            return false;
        }
    }

    private void Apply(NodeSettings changed)
    {
        live.Use(changed.Settings);
        LogReloaded();
        var around = _atStart!.Around.Except(changed.Around).Concat(changed.Around.Except(_atStart.Around)).Select(one => one.Key);
        HashSet<string> waiting = [.. services.GetRequiredService<MeshNode>().Apply(changed.Mesh), .. around];
        if (waiting.Count > 0 && !waiting.SetEquals(_waiting))
        {
            LogWaiting(string.Join(", ", waiting.Order(StringComparer.Ordinal)));
        }

        _waiting = waiting;
    }

    private string Fingerprint() => string.Join('\u001f', layers.Files.Select(file => File.Exists(file) ? File.ReadAllText(file) : ""));

    [LoggerMessage(5100, LogLevel.Information, "The configuration was read again; log levels, routes and limits are those of the files")]
    private partial void LogReloaded();

    [LoggerMessage(5101, LogLevel.Warning, "Changed in the configuration, and in force only after a restart: {Keys}")]
    private partial void LogWaiting(string keys);

    [LoggerMessage(5102, LogLevel.Warning, "The changed configuration cannot be used, the one in force stays: {Problem}")]
    private partial void LogRefused(string problem);
}
