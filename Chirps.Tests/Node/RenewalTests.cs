using Chirps.Node.Links;

namespace Chirps.Tests.Node;

/// <summary>When a connection is replaced because of its certificates.</summary>
public sealed class RenewalTests
{
    private static readonly DateTimeOffset _start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan _within = TimeSpan.FromMinutes(4);
    private readonly Renewal _renewal = new();

    [Fact]
    public void With_todays_certificates_nothing_happens()
        => Assert.All(Enumerable.Range(0, 600), second => Assert.Equal(RenewalStep.None, Ask(second, expires: 3600)));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.5, 60)]
    [InlineData(1, 120)]
    public void After_a_change_of_credentials_the_connection_is_renewed_once_spread_by_chance(double chance, int expected)
    {
        var steps = Enumerable.Range(0, 180).Where(second => Ask(second, expires: 3600, isCurrent: false, chance) == RenewalStep.Renew).ToList();

        Assert.InRange(steps[0], expected, expected + 1);
        Assert.All(steps.Zip(steps.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 60, 61));
    }

    [Fact]
    public void Once_renewed_nothing_more_happens()
    {
        Ask(0, expires: 3600, isCurrent: false, chance: 0);
        Assert.Equal(RenewalStep.Renew, Ask(1, expires: 3600, isCurrent: false, chance: 0));

        Assert.Equal(RenewalStep.None, Ask(2, expires: 3600));
        Assert.Equal(RenewalStep.None, Ask(120, expires: 3600));
    }

    [Fact]
    public void After_expiry_the_connection_is_renewed_and_closed_when_that_does_not_help_in_time()
    {
        var steps = Enumerable.Range(0, 400).Select(second => Ask(second, expires: 100)).ToList();

        Assert.InRange(steps.IndexOf(RenewalStep.Renew), 100, 100 + 120 + 1);
        Assert.Equal(100 + 240, steps.IndexOf(RenewalStep.Close));
    }

    private RenewalStep Ask(int second, int expires, bool isCurrent = true, double chance = 0.5)
        => _renewal.Next(_start.AddSeconds(second), _start.AddSeconds(expires), isCurrent, _within, chance);
}
