using Chirps.Engine.Time;

namespace Chirps.Tests.Time;

public sealed class SeededRandomTests
{
    [Fact]
    public void The_first_values_of_a_seed_never_change()
    {
        var random = new SeededRandom(0);

        Assert.Equal(
            [0x99EC5F36CB75F2B4UL, 0xBF6E1F784956452AUL, 0x1A5F849D4933E6E0UL],
            new[] { random.NextUInt64(), random.NextUInt64(), random.NextUInt64() });
    }

    [Fact]
    public void Equal_seeds_give_equal_sequences() => Assert.Equal(new SeededRandom(7).NextUInt64(), new SeededRandom(7).NextUInt64());

    [Fact]
    public void A_child_does_not_depend_on_what_its_parent_drew()
    {
        var parent = new SeededRandom(7);
        var before = parent.Split("probe").NextUInt64();
        parent.NextUInt64();

        Assert.Equal(before, parent.Split("probe").NextUInt64());
    }

    [Fact]
    public void Children_of_different_names_differ() =>
        Assert.NotEqual(new SeededRandom(7).Split("a").NextUInt64(), new SeededRandom(7).Split("b").NextUInt64());

    [Fact]
    public void Small_numbers_are_drawn_evenly()
    {
        var random = new SeededRandom(1);
        var counts = new int[6];
        Array.ForEach(new int[60_000], _ => counts[random.Next(6)]++);

        Assert.All(counts, count => Assert.InRange(count, 9_500, 10_500));
    }

    [Fact]
    public void A_bound_of_one_gives_zero() => Assert.Equal(0, new SeededRandom(1).Next(1));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_bound_below_one_is_refused(int bound) => Assert.Throws<ArgumentOutOfRangeException>(() => new SeededRandom(1).Next(bound));

    [Fact]
    public void A_fraction_is_at_least_zero_and_below_one()
    {
        var random = new SeededRandom(3);
        var drawn = Enumerable.Range(0, 10_000).Select(_ => random.NextDouble()).ToList();

        Assert.True(drawn.Min() >= 0 && drawn.Max() < 1 && drawn.Average() is > 0.48 and < 0.52);
    }

    [Fact]
    public void A_shuffle_keeps_every_item()
    {
        var items = Enumerable.Range(0, 100).ToArray();

        new SeededRandom(5).Shuffle<int>(items);

        Assert.NotEqual(Enumerable.Range(0, 100), items);
        Assert.Equal(Enumerable.Range(0, 100), items.Order());
    }
}
