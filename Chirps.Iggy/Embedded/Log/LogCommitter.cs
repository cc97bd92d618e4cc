using System.Collections.Concurrent;

namespace Chirps.Iggy.Embedded.Log;

/// <summary>The threads that write. Each takes one log at a time, so that a log has one writer; a slow sync of one log holds up one thread.</summary>
internal sealed class LogCommitter : IDisposable
{
    private const int BufferBytes = 1024 * 1024;

    private readonly BlockingCollection<PartitionLog> _ready = [];
    private readonly Thread[] _threads;
    private readonly byte[] _borrowed = GC.AllocateUninitializedArray<byte>(BufferBytes);
    private int _isBorrowed;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">How many; as many syncs can be under way at once.</param>
    /// <param name="counters">Counts what is written.</param>
    public LogCommitter(int threads = 4, LogCounters? counters = null)
    {
        Counters = counters ?? new LogCounters();
        _threads = [.. Enumerable.Range(1, threads).Select(number => new Thread(Run) { IsBackground = true, Name = $"log-{number}" })];
        foreach (var thread in _threads)
        {
            thread.Start();
        }
    }

    /// <summary>What was written.</summary>
    public LogCounters Counters { get; }

    /// <summary>Has a log's waiting work done. A log is posted once until it has been run.</summary>
    public void Post(PartitionLog log) => _ready.Add(log);

    /// <summary>Lets the caller's thread stand in for one of these, one caller at a time. When true, <see cref="RunBorrowed"/> must follow.</summary>
    public bool TryBorrow() => Interlocked.CompareExchange(ref _isBorrowed, 1, 0) == 0;

    /// <summary>Runs a log on the caller's thread.</summary>
    public void RunBorrowed(PartitionLog log)
    {
        bool hasMore;
        try
        {
            hasMore = log.RunOnce(_borrowed);
        }
        finally
        {
            Volatile.Write(ref _isBorrowed, 0);
        }

        if (hasMore)
        {
            _ready.Add(log);
        }
    }

    /// <summary>Finishes what was posted and ends the threads. Close the logs first.</summary>
    public void Dispose()
    {
        _ready.CompleteAdding();
        foreach (var thread in _threads)
        {
            thread.Join();
        }

        _ready.Dispose();
    }

    private void Run()
    {
        var buffer = GC.AllocateUninitializedArray<byte>(BufferBytes);
        foreach (var log in _ready.GetConsumingEnumerable())
        {
            if (log.RunOnce(buffer))
            {
                _ready.Add(log);
            }
        }
    }
}
