namespace Chirps.Node.Credentials;

/// <summary>
/// Looks at files again and again: at an interval, and soon after their directories report a change. Files are replaced one after the other, or
/// rewritten in place, so a look that sees something new says so, and is followed by another one a moment later.
/// </summary>
/// <remarks>Looks exclude each other. Disposing waits for a look under way.</remarks>
internal sealed class SettlingWatch : IDisposable
{
    private readonly Lock _lock = new();
    private readonly TimeSpan _interval;
    private readonly TimeSpan _settleTime;
    private readonly Func<bool> _look;
    private readonly ITimer _timer;
    private readonly DirectoryWatch _directories;
    private bool _soon;
    private bool _disposed;

    /// <summary>Starts to watch.</summary>
    /// <param name="directories">Where the files are.</param>
    /// <param name="interval">How often to look when nothing is reported.</param>
    /// <param name="settleTime">How long after something new to look again.</param>
    /// <param name="look">Looks, and returns whether it saw something new. Must not throw: on a timer that ends the process.</param>
    /// <param name="clock">For the timer.</param>
    public SettlingWatch(IEnumerable<string> directories, TimeSpan interval, TimeSpan settleTime, Func<bool> look, TimeProvider clock)
    {
        _interval = interval;
        _settleTime = settleTime < interval ? settleTime : interval;
        _look = look;
        _timer = clock.CreateTimer(static state => ((SettlingWatch)state!).Look(), this, interval, Timeout.InfiniteTimeSpan);
        _directories = new DirectoryWatch(directories, LookSoon);
    }

    public void Dispose()
    {
        _directories.Dispose();
        lock (_lock)
        {
            _disposed = true;
            _timer.Dispose();
        }
    }

    /// <summary>A directory reports a change: looks once it had time to settle, however many reports follow.</summary>
    private void LookSoon()
    {
        lock (_lock)
        {
            if (!_soon && !_disposed)
            {
                _soon = true;
                _timer.Change(_settleTime, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Look()
    {
        lock (_lock)
        {
            if (!_disposed)
            {
                _soon = _look();
                _timer.Change(_soon ? _settleTime : _interval, Timeout.InfiniteTimeSpan);
            }
        }
    }
}
