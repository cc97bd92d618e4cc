using System.Text;
using Chirps.Engine.Membership;

namespace Chirps.Tests.Membership;

public sealed class MemberIdTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("node-1.eu_west")]
    [InlineData("0")]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789x")]
    public void A_name_within_the_rules_is_taken(string name)
    {
        Assert.True(MemberId.TryParse(name, out var fromText));
        Assert.True(MemberId.TryParse(Encoding.UTF8.GetBytes(name), out var fromBytes));
        Assert.Equal(fromText, fromBytes);
        Assert.Equal(name, fromText.ToString());
        Assert.True(fromText.Is(Encoding.UTF8.GetBytes(name)));
        Assert.Equal(NameHasher.Of(Encoding.UTF8.GetBytes(name)), fromText.Hash);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("-a")]
    [InlineData(".")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("ä")]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789xy")]
    public void A_name_outside_the_rules_is_refused(string? name)
    {
        Assert.False(MemberId.TryParse(name, out var id));
        Assert.True(id.IsDefault);
        Assert.False(MemberId.TryParse(Encoding.UTF8.GetBytes(name ?? string.Empty), out _));
        Assert.Contains("1 to 63", Assert.Throws<ArgumentException>(() => MemberId.Parse(name)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_compared_byte_by_byte()
    {
        Assert.NotEqual(MemberId.Parse("A"), MemberId.Parse("a"));
        Assert.True(MemberId.Parse("B") < MemberId.Parse("a"));
    }
}
