using Chirps.Engine.Membership;
using Chirps.Engine.Time;

namespace Chirps.Tests.Membership;

public sealed class ProbeListTests
{
    private readonly ProbeList _list = new(new SeededRandom(1));
    private readonly List<MemberRecord> _members = [];

    [Fact]
    public void An_empty_list_has_nobody_to_probe()
    {
        Assert.Null(_list.Next(out var wrapped));
        Assert.False(wrapped);
    }

    [Fact]
    public void Every_member_comes_once_in_each_round()
    {
        Add(10);

        Assert.Equal(_members.Order(_byId), Take(10).Order(_byId));
        Assert.Equal(_members.Order(_byId), Take(10).Order(_byId));
    }

    [Fact]
    public void Two_probes_of_one_member_are_at_most_two_rounds_less_one_apart()
    {
        Add(10);
        var taken = Take(1_000);

        Assert.All(_members, member => Assert.True(LargestGap(taken, member) <= (2 * 10) - 1));
    }

    [Fact]
    public void The_end_of_a_round_is_told_and_the_order_changes()
    {
        Add(20);
        var first = Take(20);
        var next = _list.Next(out var wrapped);

        Assert.True(wrapped);
        Assert.NotEqual(first, new[] { next! }.Concat(Take(19)));
    }

    [Fact]
    public void The_dead_and_the_left_are_skipped()
    {
        Add(3);
        _members[1].Change(new FactKey(default, default, MemberStatus.Dead), default, default);

        Assert.DoesNotContain(_members[1], Take(10));
    }

    [Fact]
    public void When_nobody_can_be_probed_the_search_ends()
    {
        Add(3);
        _members.ForEach(member => member.Change(new FactKey(default, default, MemberStatus.Left), default, default));

        Assert.Null(_list.Next(out var wrapped));
        Assert.True(wrapped);
    }

    [Fact]
    public void A_hastened_member_comes_first_and_once()
    {
        Add(10);

        Assert.True(_list.TryHasten(_members[7]));
        Assert.False(_list.TryHasten(_members[7]));

        Assert.Same(_members[7], _list.Next(out _));
        Assert.False(_list.HasUrgent);
    }

    [Fact]
    public void Removing_a_member_skips_nobody_else()
    {
        Add(5);
        var taken = Take(2);

        _list.Remove(taken[0]);

        Assert.Equal(_members.Except(taken).Order(_byId), Take(3).Order(_byId));
    }

    private static readonly Comparer<MemberRecord> _byId = Comparer<MemberRecord>.Create((left, right) => left.Id.CompareTo(right.Id));

    private static int LargestGap(List<MemberRecord> taken, MemberRecord member)
    {
        var positions = taken.Select((one, position) => (one, position)).Where(pair => pair.one == member).Select(pair => pair.position).ToList();
        return positions.Zip(positions.Skip(1), (earlier, later) => later - earlier).Max();
    }

    private void Add(int count)
    {
        _members.AddRange(Enumerable.Range(0, count).Select(index => new MemberRecord(MemberId.Parse($"m{index}"), default, default, default)));
        _members.ForEach(_list.Add);
    }

    private List<MemberRecord> Take(int count) => [.. Enumerable.Range(0, count).Select(_ => _list.Next(out var _)!)];
}
