using System.Collections.Concurrent;

namespace Chirps.Quic.SystemQuic;

/// <summary>The one thread of an endpoint, to which every <see langword="await"/> begun on it returns.</summary>
/// <remarks>So the state of connections and streams needs no locks but where callers of other threads leave work.</remarks>
internal sealed class EventLoop : SynchronizationContext
{
    private const int BatchMax = 64;

    private readonly ConcurrentQueue<(SendOrPostCallback Work, object? State)> _queue = new();
    private readonly object _wake = new();
    private readonly Action _batchEnded;
    private readonly Action<Exception> _crashed;
    private Thread? _thread;
    private int _awake;
    private volatile bool _stopped;

    /// <param name="batchEnded">Called after each batch of work, on the loop's thread.</param>
    /// <param name="crashed">Told of an exception nobody caught.</param>
    public EventLoop(Action batchEnded, Action<Exception> crashed)
    {
        _batchEnded = batchEnded;
        _crashed = crashed;
    }

    /// <summary>Whether the caller is on the loop's thread.</summary>
    public bool IsCurrent => Thread.CurrentThread == _thread;

    public void Start(string name)
    {
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Runs work on the loop's thread, after what was posted before. After the end of the loop it is dropped.</summary>
    public override void Post(SendOrPostCallback d, object? state)
    {
        _queue.Enqueue((d, state));
        if (Interlocked.Exchange(ref _awake, 1) == 0)
        {
            lock (_wake)
            {
                Monitor.Pulse(_wake);
            }
        }
    }

    /// <inheritdoc cref="Post(SendOrPostCallback, object?)"/>
    public void Post(Action work) => Post(static state => ((Action)state!)(), work);

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Ends the thread after the work at hand. On the loop's thread.</summary>
    public void Stop() => _stopped = true;

    /// <returns><see langword="false"/> when the thread did not end in time.</returns>
    public bool Join(TimeSpan timeout) => _thread!.Join(timeout);

    private void Run()
    {
        SetSynchronizationContext(this);
        while (!_stopped)
        {
            Sleep();
            while (RunBatch())
            {
                _batchEnded();
            }
        }
    }

    private void Sleep()
    {
        lock (_wake)
        {
            while (Volatile.Read(ref _awake) == 0)
            {
                Monitor.Wait(_wake);
            }
        }

        Interlocked.Exchange(ref _awake, 0);
    }

    private bool RunBatch()
    {
        var count = 0;
        for (; count < BatchMax && _queue.TryDequeue(out var item); count++)
        {
            try
            {
                item.Work(item.State);
            }
            catch (Exception e)
            {
                _crashed(e);
            }
        }

        return count > 0;
    }
}
