using Chirps.Engine.Membership;
using Chirps.Engine.Time;

namespace Chirps.Tests.Membership;

public sealed class SuspicionTests
{
    private static readonly MeshInstant _start = new(1_000_000_000);
    private readonly MemberRecord _first = Record("first");
    private readonly MemberRecord _second = Record("second");
    private readonly MemberRecord _third = Record("third");

    [Fact]
    public void It_lasts_longest_while_one_member_accuses() => Assert.Equal(TimeSpan.FromSeconds(24), Create(2).Deadline - _start);

    [Fact]
    public void It_shortens_with_each_confirmation_as_memberlist_does()
    {
        var suspicion = Create(2);

        Assert.True(suspicion.TryConfirm(_second));
        Assert.InRange((suspicion.Deadline - _start).TotalSeconds, 11.3, 11.4);
        Assert.True(suspicion.TryConfirm(_third));
        Assert.Equal(TimeSpan.FromSeconds(4), suspicion.Deadline - _start);
    }

    [Fact]
    public void Nobody_confirms_twice_and_the_first_accuser_does_not_confirm()
    {
        var suspicion = Create(2);
        suspicion.TryConfirm(_second);

        Assert.False(suspicion.TryConfirm(_first));
        Assert.False(suspicion.TryConfirm(_second));
        Assert.Equal(1, suspicion.Confirmations);
    }

    [Fact]
    public void Beyond_K_nothing_counts()
    {
        var suspicion = Create(1);

        Assert.True(suspicion.TryConfirm(_second));
        Assert.False(suspicion.TryConfirm(_third));
    }

    [Fact]
    public void A_node_that_doubts_itself_waits_twice_as_long() => Assert.Equal(TimeSpan.FromSeconds(48), Create(2).DoubtfulDeadline - _start);

    [Fact]
    public void Without_possible_confirmations_it_lasts_the_shortest() => Assert.Equal(TimeSpan.FromSeconds(4), Create(0).Deadline - _start);

    [Fact]
    public void An_absence_does_not_count_as_elapsed()
    {
        var suspicion = Create(0);

        suspicion.Postpone(TimeSpan.FromSeconds(60), _start);

        Assert.Equal(TimeSpan.FromSeconds(64), suspicion.Deadline - _start);
    }

    [Fact]
    public void After_an_absence_some_time_is_left_in_any_case()
    {
        var suspicion = Create(0);
        var notBefore = _start + TimeSpan.FromSeconds(100);

        suspicion.Postpone(TimeSpan.FromSeconds(1), notBefore);

        Assert.Equal(notBefore, suspicion.Deadline);
    }

    [Theory]
    [InlineData(3, 0)]
    [InlineData(4, 0)]
    [InlineData(5, 3)]
    public void K_counts_only_members_that_can_confirm(int members, int expected) =>
        Assert.Equal(expected, SwimFormulas.Confirmations(SwimSettings.Lan, members - 2));

    [Theory]
    [InlineData(3, 1.0)]
    [InlineData(100, 1.0)]
    [InlineData(1000, 1.5)]
    public void The_shortest_suspicion_of_the_lan_profile_grows_with_log_n(int members, double seconds) =>
        Assert.Equal(seconds, SwimFormulas.SuspicionMin(SwimSettings.Lan, members).TotalSeconds, 3);

    [Theory]
    [InlineData(1, 4)]
    [InlineData(9, 4)]
    [InlineData(10, 8)]
    [InlineData(100, 12)]
    [InlineData(1000, 16)]
    public void Updates_are_sent_as_often_as_memberlist_sends_them(int members, int expected) =>
        Assert.Equal(expected, SwimFormulas.Transmissions(SwimSettings.Lan, members));

    private static MemberRecord Record(string name) => new(MemberId.Parse(name), default, default, _start);

    private Suspicion Create(int confirmations) => new(_start, _first, confirmations, TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(24));
}
