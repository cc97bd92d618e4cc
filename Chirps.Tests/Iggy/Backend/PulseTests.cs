using Chirps.Iggy.Backend;

namespace Chirps.Tests.Iggy.Backend;

public sealed class PulseTests
{
    [Fact]
    public void A_beat_ends_every_wait_that_began_before_it_and_none_that_begins_later()
    {
        var pulse = new Pulse();
        pulse.Beat();
        var first = pulse.Next;
        var second = pulse.Next;
        Assert.False(first.IsCompleted);

        pulse.Beat();

        Assert.True(first.IsCompleted && second.IsCompleted);
        Assert.False(pulse.Next.IsCompleted);
    }
}
