namespace Chirps.Engine.Membership;

/// <summary>Results waiting to be taken; when full the oldest is overwritten.</summary>
/// <typeparam name="T">What waits.</typeparam>
/// <param name="capacity">The most that wait.</param>
internal sealed class BoundedLog<T>(int capacity)
{
    private readonly Queue<T> _entries = new();

    /// <summary>How many wait.</summary>
    public int Count => _entries.Count;

    /// <summary>Adds a result.</summary>
    /// <returns><see langword="false"/> when the oldest was lost for it.</returns>
    public bool Add(T entry)
    {
        var full = _entries.Count >= capacity;
        if (full)
        {
            _entries.Dequeue();
        }

        _entries.Enqueue(entry);
        return !full;
    }

    /// <summary>Takes the oldest result.</summary>
    public bool TryTake(out T entry) => _entries.TryDequeue(out entry!);
}
