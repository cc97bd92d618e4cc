using Chirps.Engine.Carrier;
using Chirps.Node.Credentials;
using Microsoft.Extensions.Logging;

namespace Chirps.Node.Udp;

/// <summary>Brings the keys of a file into force whenever it changes. A file that makes no sense changes nothing.</summary>
/// <remarks>
/// Looks every <see cref="UdpOptions.KeyReloadInterval"/>, and at once when the directory reports a change. What is in force changes only when
/// two looks, a moment apart, see the same: the file may be rewritten in place. Disposing waits for a look under way.
/// </remarks>
internal sealed partial class KeyWatcher : IDisposable
{
    private static readonly TimeSpan _settleTime = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly TimeSpan _interval;
    private readonly Action<PacketKeyRing> _replace;
    private readonly UdpMetrics _metrics;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private readonly DirectoryWatch _directory;
    private string _inForce;
    private string _seen;
    private string? _problem;
    private bool _soon;
    private bool _disposed;

    /// <param name="path">The file.</param>
    /// <param name="inForce">What was read from it last.</param>
    /// <param name="interval">How often to look.</param>
    /// <param name="replace">Brings other keys into force.</param>
    /// <param name="metrics">Where changes are counted.</param>
    /// <param name="clock">For the timer.</param>
    /// <param name="logger">For changes and failures.</param>
    public KeyWatcher(string path, KeyFile inForce, TimeSpan interval, Action<PacketKeyRing> replace, UdpMetrics metrics, TimeProvider clock, ILogger logger)
    {
        _path = path;
        _interval = interval;
        _replace = replace;
        _metrics = metrics;
        _logger = logger;
        _inForce = _seen = inForce.ToText();
        _metrics.KeyInUse(inForce.Current);
        _timer = clock.CreateTimer(static state => ((KeyWatcher)state!).Look(), this, interval, Timeout.InfiniteTimeSpan);
        _directory = new DirectoryWatch([Path.GetDirectoryName(Path.GetFullPath(path))!], LookSoon);
    }

    public void Dispose()
    {
        _directory.Dispose();
        lock (_lock)
        {
            _disposed = true;
            _timer.Dispose();
        }
    }

    private void LookSoon()
    {
        lock (_lock)
        {
            if (!_soon && !_disposed)
            {
                _soon = true;
                _timer.Change(Shorter(_settleTime), Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Look()
    {
        lock (_lock)
        {
            if (_disposed)
            {
                return;
            }

            try
            {
                var file = KeyFile.Load(_path);
                var text = file.ToText();
                _soon = text != _seen;
                _seen = text;
                if (!_soon)
                {
                    Apply(file, text);
                }
            }
            catch (Exception exception)
            {
                // Whatever is in the file: it must not end the process, which an exception on a timer does.
                Failed(exception.Message);
            }

            _timer.Change(_soon ? Shorter(_settleTime) : _interval, Timeout.InfiniteTimeSpan);
        }
    }

    private void Apply(KeyFile file, string text)
    {
        _problem = null;
        if (text == _inForce)
        {
            return;
        }

        _inForce = text;
        _replace(file.ToRing());
        _metrics.KeysReloaded(succeeded: true);
        _metrics.KeyInUse(file.Current);
        LogReplaced(file.Current, string.Join(", ", file.Keys.Select(key => key.Key.Id)));
    }

    /// <summary>Tells of each problem once, when a second look finds it too: the file may be just being replaced.</summary>
    private void Failed(string problem)
    {
        _soon = _seen != problem;
        _seen = problem;
        if (!_soon && _problem != problem)
        {
            _problem = problem;
            _metrics.KeysReloaded(succeeded: false);
            LogNotReplaced(problem);
        }
    }

    private TimeSpan Shorter(TimeSpan time) => time < _interval ? time : _interval;

    [LoggerMessage(2410, LogLevel.Information, "New membership keys are in force: packets are sealed with key {Key}, and taken with {Keys}")]
    private partial void LogReplaced(byte key, string keys);

    [LoggerMessage(2411, LogLevel.Warning, "New membership keys cannot be used, those in force stay: {Problem}")]
    private partial void LogNotReplaced(string problem);
}
