namespace Chirps.Iggy.Embedded.Log;

/// <summary>The ids of the newest messages of a partition, and where each is stored. For one thread at a time.</summary>
/// <param name="window">How many messages are remembered; 0: none.</param>
internal sealed class RecentMessages(int window)
{
    private readonly Dictionary<UInt128, ulong> _offsets = [];
    private readonly Queue<(UInt128 Id, ulong Offset)> _order = new();

    /// <summary>How many messages are remembered at most.</summary>
    public int Window => window;

    /// <summary>Whether the window is full, so that older messages cannot add to it.</summary>
    public bool IsFull => _order.Count >= window;

    public bool TryFind(UInt128 id, out ulong offset) => _offsets.TryGetValue(id, out offset);

    /// <summary>Remembers the newest message and forgets the oldest when there are too many.</summary>
    public void Add(UInt128 id, ulong offset)
    {
        if (window == 0)
        {
            return;
        }

        _offsets[id] = offset;
        _order.Enqueue((id, offset));
        if (_order.Count > window)
        {
            var oldest = _order.Dequeue();
            if (_offsets.TryGetValue(oldest.Id, out var stored) && stored == oldest.Offset)
            {
                _offsets.Remove(oldest.Id);
            }
        }
    }

    public void Clear()
    {
        _offsets.Clear();
        _order.Clear();
    }
}
