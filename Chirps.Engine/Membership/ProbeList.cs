using Chirps.Engine.Time;

namespace Chirps.Engine.Membership;

/// <summary>
/// The order of probes: a shuffled list walked round and round, newcomers at a random place (SWIM, section 4.3), so
/// that two probes of one member are at most 2n - 1 periods apart.
/// </summary>
internal sealed class ProbeList(SeededRandom random)
{
    private readonly List<MemberEntry> _order = [];
    private int _next;

    public void Add(MemberEntry entry)
    {
        var at = random.Next(_order.Count + 1);
        _order.Add(entry);
        (_order[at], _order[^1]) = (_order[^1], _order[at]);
    }

    public void Remove(MemberEntry entry)
    {
        var at = _order.IndexOf(entry);
        if (at >= 0)
        {
            _order.RemoveAt(at);
            _next -= at < _next ? 1 : 0;
        }
    }

    /// <summary>The next member to probe; <see langword="null"/> when there is none. Looks at each member at most once.</summary>
    /// <param name="wrapped">Whether a round has ended: a good moment to forget members.</param>
    public MemberEntry? Next(out bool wrapped)
    {
        wrapped = false;
        for (var looked = 0; looked < _order.Count; looked++)
        {
            if (_next >= _order.Count)
            {
                wrapped = true;
                _next = 0;
                random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_order));
            }

            var entry = _order[_next++];
            if (entry.IsPresent)
            {
                return entry;
            }
        }

        wrapped = true;
        return null;
    }
}
