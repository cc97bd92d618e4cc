using Chirps.Engine.Membership;
using Chirps.Node;

namespace Chirps.Tests.Node;

public sealed class NodeIdentityTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("chirps-identity-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_made_up_name_stays_the_same_and_only_its_owner_can_read_it()
    {
        var first = MadeUp();

        Assert.Equal(first, MadeUp());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_directory, "node-id")));
    }

    [Fact]
    public void Processes_that_share_a_directory_get_names_of_their_own_and_keep_them()
    {
        MemberId second;
        using (var one = NodeClaim.TakeMadeUp(_directory))
        {
            using var two = NodeClaim.TakeMadeUp(_directory);
            second = two.Self;
            Assert.NotEqual(one.Self, second);
        }

        using var first = NodeClaim.TakeMadeUp(_directory);
        Assert.Equal(second, MadeUp());
    }

    [Fact]
    public void A_name_is_held_by_one_process()
    {
        var node = MemberId.Parse("a");
        using (NodeClaim.Take(_directory, node))
        {
            using var other = NodeClaim.Take(_directory, MemberId.Parse("b"));
            var refused = Assert.Throws<MeshConfigurationException>(() => NodeClaim.Take(_directory, node));
            Assert.Contains("another process runs node 'a'", refused.Message, StringComparison.Ordinal);
        }

        NodeClaim.Take(_directory, node).Dispose();
    }

    [Fact]
    public void A_generation_grows_even_when_the_clock_goes_back()
    {
        var node = MemberId.Parse("a");
        var now = DateTimeOffset.FromUnixTimeMilliseconds(1_000_000);

        var first = NodeIdentity.Next(_directory, node, now).Generation;
        var second = NodeIdentity.Next(_directory, node, now.AddDays(-1)).Generation;

        Assert.Equal((1_000_000UL, 1_000_001UL), (first.Value, second.Value));
    }

    [Fact]
    public void An_incarnation_outlives_the_process()
    {
        var node = MemberId.Parse("a");
        var (generation, first) = NodeIdentity.Next(_directory, node, DateTimeOffset.UnixEpoch);

        NodeIdentity.Keep(_directory, node, generation, new Incarnation(7));
        var next = NodeIdentity.Next(_directory, node, DateTimeOffset.UnixEpoch);

        Assert.Equal((0U, 7U), (first.Value, next.Incarnation.Value));
        Assert.True(next.Generation.Value > generation.Value);
    }

    [Theory]
    [InlineData("12", 13, 0)]
    [InlineData("12 x", 13, 0)]
    [InlineData("", 1, 0)]
    public void A_file_of_an_earlier_version_or_a_broken_one_is_no_obstacle(string text, ulong generation, uint incarnation)
    {
        File.WriteAllText(Path.Combine(_directory, "generation-a"), text);

        var next = NodeIdentity.Next(_directory, MemberId.Parse("a"), DateTimeOffset.UnixEpoch);

        Assert.Equal((generation, incarnation), (next.Generation.Value, next.Incarnation.Value));
    }

    private MemberId MadeUp()
    {
        using var claim = NodeClaim.TakeMadeUp(_directory);
        return claim.Self;
    }
}
