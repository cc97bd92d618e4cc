namespace Chirps.Silo.Page;

/// <summary>What is different in a snapshot from the one before it. What is <see langword="null"/> has not changed.</summary>
/// <param name="Node">The node.</param>
/// <param name="Members">New and changed members.</param>
/// <param name="Gone">Members that are not known any more.</param>
/// <param name="Order">The names of all members, when one came or went.</param>
/// <param name="Links">New and changed links.</param>
/// <param name="Events">New transitions, oldest first.</param>
/// <param name="Samples">New samples, oldest first.</param>
internal sealed record PageChange(
    PageNode? Node,
    IReadOnlyList<PageMember>? Members,
    IReadOnlyList<string>? Gone,
    IReadOnlyList<string>? Order,
    IReadOnlyList<PageLink>? Links,
    IReadOnlyList<PageEvent>? Events,
    IReadOnlyList<PageSample>? Samples)
{
    /// <summary>The change that leads from one snapshot to another.</summary>
    public static PageChange Between(PageSnapshot old, PageSnapshot now)
    {
        var known = old.Members.ToDictionary(one => one.Id, StringComparer.Ordinal);
        var links = old.Links.ToDictionary(one => one.Id, StringComparer.Ordinal);
        var present = now.Members.Select(one => one.Id).ToHashSet(StringComparer.Ordinal);
        var gone = known.Keys.Where(id => !present.Contains(id)).ToList();
        var isSameOrder = old.Members.Select(one => one.Id).SequenceEqual(now.Members.Select(one => one.Id), StringComparer.Ordinal);
        var lastEvent = old.Events.Count > 0 ? old.Events[^1].Version : 0;
        var lastSample = old.Samples.Count > 0 ? old.Samples[^1].At : DateTimeOffset.MinValue;
        return new PageChange(
            IsSame(old.Node, now.Node) ? null : now.Node,
            NullIfEmpty(now.Members.Where(one => !known.TryGetValue(one.Id, out var before) || before != one)),
            NullIfEmpty(gone),
            isSameOrder ? null : now.Members.Select(one => one.Id).ToList(),
            NullIfEmpty(now.Links.Where(one => !links.TryGetValue(one.Id, out var before) || before != one)),
            NullIfEmpty(now.Events.Where(one => one.Version > lastEvent)),
            NullIfEmpty(now.Samples.Where(one => one.At > lastSample)));
    }

    private static bool IsSame(PageNode one, PageNode other)
        => one.Queues.SequenceEqual(other.Queues) && one with { Queues = other.Queues } == other;

    private static List<T>? NullIfEmpty<T>(IEnumerable<T> items)
    {
        var list = items.ToList();
        return list.Count == 0 ? null : list;
    }
}
