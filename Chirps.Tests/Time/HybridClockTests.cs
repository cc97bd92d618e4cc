using Chirps.Engine.Time;

namespace Chirps.Tests.Time;

public sealed class HybridClockTests
{
    [Fact]
    public void It_follows_the_wall_clock()
    {
        var clock = new HybridClock();

        Assert.Equal((1000, 0), (clock.Next(1000).Milliseconds, clock.Next(2000).Counter));
    }

    [Fact]
    public void Timestamps_grow_within_a_millisecond_and_when_the_wall_clock_goes_back()
    {
        var clock = new HybridClock();
        HybridTimestamp[] made = [clock.Next(1000), clock.Next(1000), clock.Next(500), clock.Next(1001)];

        Assert.Equal([(1000, 0), (1000, 1), (1000, 2), (1001, 0)], made.Select(one => (one.Milliseconds, one.Counter)));
    }

    [Fact]
    public void What_happens_after_a_message_was_seen_is_later_than_the_message()
    {
        var clock = new HybridClock();
        var seen = new HybridTimestamp((5000ul << 16) + 7);

        Assert.True(clock.Observe(1000, seen));

        Assert.True(clock.Next(1000) > seen);
    }

    [Fact]
    public void A_clock_that_is_far_wrong_is_not_followed()
    {
        var clock = new HybridClock(aheadMaxMilliseconds: 100);

        Assert.True(clock.Observe(1000, new HybridTimestamp(1100ul << 16)));
        Assert.False(clock.Observe(1000, new HybridTimestamp(1101ul << 16)));

        Assert.Equal(1100, clock.Next(1000).Milliseconds);
    }
}
