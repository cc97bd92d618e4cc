namespace Chirps.Engine.Messaging;

/// <summary>The ids of the last messages that were handed over and may be sent again. One caller at a time.</summary>
/// <param name="capacity">How many are remembered; the oldest is forgotten first.</param>
public sealed class RecentIds(int capacity)
{
    private readonly HashSet<Guid> _ids = [];
    private readonly Queue<Guid> _order = new();

    /// <summary>Whether an id is among them.</summary>
    public bool Contains(Guid id) => _ids.Contains(id);

    /// <summary>Remembers an id.</summary>
    public void Add(Guid id)
    {
        if (!_ids.Add(id))
        {
            return;
        }

        _order.Enqueue(id);
        if (_order.Count > capacity)
        {
            _ids.Remove(_order.Dequeue());
        }
    }
}
