using Chirps.Engine.Time;

namespace Chirps.Tests.Time;

public sealed class MeshInstantTests
{
    [Fact]
    public void Adding_and_subtracting_a_duration_returns_to_the_start()
    {
        var instant = new MeshInstant(5_000);

        Assert.Equal(instant, instant + TimeSpan.FromSeconds(3) - TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void The_difference_of_two_instants_is_a_duration() =>
        Assert.Equal(TimeSpan.FromMilliseconds(2), new MeshInstant(3_000_000) - new MeshInstant(1_000_000));

    [Fact]
    public void Instants_are_ordered()
    {
        Assert.True(new MeshInstant(1) < new MeshInstant(2));
        Assert.Equal(new MeshInstant(2), MeshInstant.Max(new MeshInstant(1), new MeshInstant(2)));
    }

    [Fact]
    public void The_text_is_in_seconds() => Assert.Equal("1.500000s", new MeshInstant(1_500_000_000).ToString());
}
