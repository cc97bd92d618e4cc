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

    private readonly string _path;
    private readonly Action<PacketKeyRing> _replace;
    private readonly UdpMetrics _metrics;
    private readonly ILogger _logger;
    private readonly SettlingWatch _watch;
    private string _inForce;
    private string _seen;
    private string? _problem;

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
        _replace = replace;
        _metrics = metrics;
        _logger = logger;
        _inForce = _seen = inForce.ToText();
        _metrics.KeyInUse(inForce.Current);
        _watch = new SettlingWatch([Path.GetDirectoryName(Path.GetFullPath(path))!], interval, _settleTime, Look, clock);
    }

    public void Dispose() => _watch.Dispose();

    private bool Look()
    {
        try
        {
            var file = KeyFile.Load(_path);
            var text = file.ToText();
            var isNew = text != _seen;
            _seen = text;
            if (!isNew)
            {
                Apply(file, text);
            }

            return isNew;
        }
        catch (Exception exception)
        {
            // Whatever is in the file: it must not end the process, which an exception on a timer does.
            return Failed(exception.Message);
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
    private bool Failed(string problem)
    {
        var isNew = _seen != problem;
        _seen = problem;
        if (!isNew && _problem != problem)
        {
            _problem = problem;
            _metrics.KeysReloaded(succeeded: false);
            LogNotReplaced(problem);
        }

        return isNew;
    }

    [LoggerMessage(2410, LogLevel.Information, "New membership keys are in force: packets are sealed with key {Key}, and taken with {Keys}")]
    private partial void LogReplaced(byte key, string keys);

    [LoggerMessage(2411, LogLevel.Warning, "New membership keys cannot be used, those in force stay: {Problem}")]
    private partial void LogNotReplaced(string problem);
}
