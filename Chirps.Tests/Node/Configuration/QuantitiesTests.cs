using Chirps.Node;

namespace Chirps.Tests.Node.Configuration;

public sealed class QuantitiesTests
{
    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("1.5s", 1500)]
    [InlineData("1m30s", 90_000)]
    [InlineData("2H", 7_200_000)]
    [InlineData("1d", 86_400_000)]
    [InlineData("00:00:00.250", 250)]
    public void A_duration_is_read_with_its_unit(string text, double milliseconds)
    {
        Assert.True(Quantities.TryParseDuration(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("250")]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("5 bananas")]
    [InlineData("30s1m")]
    [InlineData("1s1s")]
    [InlineData("999999999999d")]
    public void What_has_no_unit_or_makes_no_sense_is_no_duration(string text) => Assert.False(Quantities.TryParseDuration(text, out _));

    [Theory]
    [InlineData("65536", 65536)]
    [InlineData("64KiB", 65536)]
    [InlineData("4 MiB", 4 << 20)]
    [InlineData("1kb", 1000)]
    [InlineData("1.5KiB", 1536)]
    public void A_size_is_read_with_its_unit(string text, long bytes)
    {
        Assert.True(Quantities.TryParseBytes(text, out var read));
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData("MiB")]
    [InlineData("0.3B")]
    [InlineData("9999999999999GiB")]
    [InlineData("4 apples")]
    public void What_is_no_number_of_bytes_is_no_size(string text) => Assert.False(Quantities.TryParseBytes(text, out _));

    [Theory]
    [InlineData("250ms")]
    [InlineData("1500ms")]
    [InlineData("1m30s")]
    [InlineData("1d2h")]
    [InlineData("0s")]
    public void A_duration_is_written_as_it_is_read(string text)
    {
        Assert.True(Quantities.TryParseDuration(text, out var duration));
        Assert.Equal(text, Quantities.Format(duration));
    }
}
