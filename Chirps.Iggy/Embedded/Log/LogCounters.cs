namespace Chirps.Iggy.Embedded.Log;

/// <summary>What the logs of a server have written. Any thread.</summary>
internal sealed class LogCounters
{
    private long _messages;
    private long _bytes;
    private long _commits;
    private long _syncs;

    /// <summary>Messages stored.</summary>
    public long Messages => Interlocked.Read(ref _messages);

    /// <summary>Bytes written for them.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Groups of sends that were written together.</summary>
    public long Commits => Interlocked.Read(ref _commits);

    /// <summary>Times that a file was put on stable storage.</summary>
    public long Syncs => Interlocked.Read(ref _syncs);

    /// <summary>Told how long each sync took.</summary>
    public Action<TimeSpan>? SyncTaken { get; init; }

    public void Committed(long messages, long bytes)
    {
        Interlocked.Increment(ref _commits);
        Interlocked.Add(ref _messages, messages);
        Interlocked.Add(ref _bytes, bytes);
    }

    public void Synced(TimeSpan duration)
    {
        Interlocked.Increment(ref _syncs);
        SyncTaken?.Invoke(duration);
    }
}
