using Chirps.Engine.Wire;

namespace Chirps.Engine.Membership;

/// <summary>
/// Facts to pass on, one per member: a newer one replaces the older. Those sent least often go first, among equals the
/// newest (memberlist's transmit-limited queue). Bounded when a fact is added.
/// </summary>
internal sealed class GossipQueue(int max)
{
    private readonly List<Item> _items = [];
    private readonly Stack<Item> _spare = new();
    private long _order;
    private bool _sorted = true;

    public int Count => _items.Count;

    /// <summary>Facts dropped because the queue was full.</summary>
    public long Dropped { get; private set; }

    public void Add(MemberId id, FactKey key, MemberAddress address, MemberId accuser)
    {
        var item = Find(id);
        if (item is null)
        {
            if (_items.Count >= max)
            {
                // The one sent most often has done most of its work.
                Sort();
                RemoveAt(_items.Count - 1);
                Dropped++;
            }

            item = _spare.TryPop(out var spare) ? spare : new Item();
            _items.Add(item);
        }

        item.Id = id;
        item.Key = key;
        item.Address = address;
        item.Accuser = accuser;
        item.Sent = 0;
        item.Order = ++_order;
        _sorted = false;
    }

    /// <summary>Fills a datagram. A fact that does not fit is neither counted nor dropped.</summary>
    /// <param name="writer">The datagram.</param>
    /// <param name="limit">How often a fact is sent.</param>
    /// <param name="except">A fact that stands in the datagram already.</param>
    public void Fill(ref SwimWriter writer, int limit, MemberId except = default)
    {
        Sort();
        for (var index = 0; index < _items.Count; index++)
        {
            var item = _items[index];
            if (item.Id == except || !writer.TryWriteFact(item.Id, item.Key, item.Address, item.Accuser))
            {
                continue;
            }

            item.Sent++;
            _sorted = false;
            if (item.Sent >= limit)
            {
                RemoveAt(index--);
            }
        }
    }

    public void Remove(MemberId id)
    {
        var index = _items.FindIndex(item => item.Id == id);
        if (index >= 0)
        {
            RemoveAt(index);
        }
    }

    public void Clear()
    {
        for (var index = _items.Count - 1; index >= 0; index--)
        {
            RemoveAt(index);
        }
    }

    private Item? Find(MemberId id)
    {
        foreach (var item in _items)
        {
            if (item.Id == id)
            {
                return item;
            }
        }

        return null;
    }

    private void RemoveAt(int index)
    {
        _spare.Push(_items[index]);
        _items.RemoveAt(index);
    }

    private void Sort()
    {
        if (!_sorted)
        {
            _items.Sort(Item.Compare);
            _sorted = true;
        }
    }

    private sealed class Item
    {
        public static readonly Comparison<Item> Compare = static (left, right)
            => left.Sent != right.Sent ? left.Sent.CompareTo(right.Sent) : right.Order.CompareTo(left.Order);

        public MemberId Id { get; set; }

        public FactKey Key { get; set; }

        public MemberAddress Address { get; set; }

        public MemberId Accuser { get; set; }

        public int Sent { get; set; }

        public long Order { get; set; }
    }
}
