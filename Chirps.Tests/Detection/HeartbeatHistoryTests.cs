using Chirps.Engine.Detection;
using Chirps.Engine.Time;

namespace Chirps.Tests.Detection;

public sealed class HeartbeatHistoryTests
{
    private static readonly TimeSpan _expected = TimeSpan.FromSeconds(1);
    private static readonly MeshInstant _start = new(1_000_000_000);

    [Fact]
    public void Phi_is_the_wait_in_mean_intervals()
    {
        var history = Regular(1_000, TimeSpan.FromSeconds(0.5));

        Assert.InRange(Phi(history, 1_000 * 0.5, 4), 7.5, 8.1);
        Assert.InRange(Phi(history, 1_000 * 0.5, 0.5), 0.9, 1.1);
    }

    [Fact]
    public void A_pause_that_is_allowed_does_not_count()
    {
        var history = Regular(1_000, TimeSpan.FromSeconds(0.5));

        Assert.Equal(0, history.Phi(_start + TimeSpan.FromSeconds(500 + 1.9), _expected, TimeSpan.FromSeconds(2)));
    }

    [Fact]
    public void Before_the_first_heartbeat_nobody_is_late() => Assert.Equal(0, Phi(new HeartbeatHistory(), 0, 100));

    [Fact]
    public void A_few_heartbeats_are_weighed_with_what_is_expected()
    {
        var history = Regular(5, TimeSpan.FromSeconds(0.2));

        Assert.InRange(Phi(history, 1, 4), 6, 7.5);
    }

    [Fact]
    public void An_old_heartbeat_is_no_arrival()
    {
        var history = Regular(10, _expected);

        history.Hear(_start + TimeSpan.FromSeconds(15), 10, _expected, counts: true);

        Assert.InRange(Phi(history, 10, 5), 4.9, 5.1);
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(60)]
    public void Bursts_and_absences_do_not_move_the_mean(double seconds)
    {
        var history = Regular(20, _expected);

        var now = _start + TimeSpan.FromSeconds(20 + seconds);
        history.Hear(now, 21, _expected, counts: true);

        Assert.InRange(history.Phi(now + TimeSpan.FromSeconds(3), _expected, TimeSpan.Zero), 2.95, 3.05);
    }

    [Fact]
    public void Time_this_process_slept_is_not_held_against_others()
    {
        var history = Regular(20, _expected);

        history.Excuse(TimeSpan.FromSeconds(30));

        Assert.InRange(Phi(history, 20, 31), 0.9, 1.1);
    }

    private static double Phi(HeartbeatHistory history, double last, double after) =>
        history.Phi(_start + TimeSpan.FromSeconds(last + after), _expected, TimeSpan.Zero);

    private static HeartbeatHistory Regular(int count, TimeSpan interval)
    {
        var history = new HeartbeatHistory();
        for (var heartbeat = 0u; heartbeat <= count; heartbeat++)
        {
            history.Hear(_start + (interval * heartbeat), heartbeat, TimeSpan.FromSeconds(1), counts: true);
        }

        return history;
    }
}
