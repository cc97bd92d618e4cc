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
        var first = NodeIdentity.MadeUpName(_directory);

        Assert.Equal(first, NodeIdentity.MadeUpName(_directory));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_directory, "node-id")));
    }

    [Fact]
    public void A_generation_grows_even_when_the_clock_goes_back()
    {
        var node = MemberId.Parse("a");
        var now = DateTimeOffset.FromUnixTimeMilliseconds(1_000_000);

        var first = NodeIdentity.NextGeneration(_directory, node, now);
        var second = NodeIdentity.NextGeneration(_directory, node, now.AddDays(-1));

        Assert.Equal((1_000_000UL, 1_000_001UL), (first.Value, second.Value));
    }
}
