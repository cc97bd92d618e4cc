using Microsoft.Extensions.Logging;

namespace Orleans.Runtime.StandIn;

/// <summary>A timer whose ticks are requests of its activation; the next tick is set when the previous one has ended.</summary>
internal sealed partial class GrainTimer : IGrainTimer
{
    private readonly Activation _activation;
    private readonly Func<CancellationToken, Task> _callback;
    private readonly GrainTimerCreationOptions _options;
    private readonly CancellationTokenSource _disposed = new();
    private readonly Timer _timer;
    private TimeSpan _period;
    private bool _ticking;
    private bool _changed;

    public GrainTimer(Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        (_activation, _callback, _options) = (activation, callback, options);
        using (ExecutionContext.SuppressFlow())
        {
            _timer = new(static state => ((GrainTimer)state!).Fire(), this, Timeout.Infinite, Timeout.Infinite);
        }
    }

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        lock (_disposed)
        {
            ObjectDisposedException.ThrowIf(_disposed.IsCancellationRequested, this);
            _period = period;
            _changed = _ticking;
            _ = _timer.Change(dueTime, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        lock (_disposed)
        {
            if (_disposed.IsCancellationRequested)
            {
                return;
            }

            _timer.Dispose();
        }

        _disposed.Cancel();
        _activation.Forget(this);
    }

    private void Fire() => _ = _activation.TryEnqueue(new Tick(this));

    private async Task TickAsync()
    {
        if (_disposed.IsCancellationRequested)
        {
            return;
        }

        _ticking = true;
        try
        {
            await _callback(_disposed.Token);
        }
        catch (Exception exception)
        {
            LogTickFailed(_activation.Silo.Log, exception, _activation.GrainId);
        }

        lock (_disposed)
        {
            _ticking = false;
            if (!_disposed.IsCancellationRequested && !_changed && _period > TimeSpan.Zero)
            {
                _ = _timer.Change(_period, Timeout.InfiniteTimeSpan);
            }

            _changed = false;
        }
    }

    [LoggerMessage(103, LogLevel.Error, "A timer of {GrainId} failed; it goes on")]
    private static partial void LogTickFailed(ILogger logger, Exception exception, GrainId grainId);

    private sealed class Tick(GrainTimer timer) : AsyncWorkItem
    {
        public override bool Interleaves => timer._options.Interleave;

        public override bool CountsAsUse => timer._options.KeepAlive;

        public override void Fail(Exception exception)
        {
        }

        protected override Task RunAsync() => timer.TickAsync();
    }
}
