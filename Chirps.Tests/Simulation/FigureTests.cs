using Chirps.Engine.Membership;
using Chirps.Simulation;
using Xunit.Abstractions;

namespace Chirps.Tests.Simulation;

/// <summary>The figures the membership is held to, printed. A short run of each by default; <c>CHIRPS_SIMULATE=20</c> makes twenty times as many.</summary>
public sealed class FigureTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(0.05)]
    [InlineData(0.10)]
    [InlineData(0.20)]
    public void Loss_buries_nobody(double loss) => Assert.Equal(0, FalseDeaths(loss));

    [Fact]
    public void Thirty_percent_loss_is_reported() => FalseDeaths(0.30);

    private int FalseDeaths(double loss)
    {
        var deaths = 0;
        var suspicions = 0;
        Simulate.EachWorld(
            Simulate.Times(1),
            seed => new SimWorld(seed, 30),
            world =>
            {
                world.Form();
                world.Network.Link = SimLink.Healthy with { Loss = loss };
                world.RunFor(TimeSpan.FromMinutes(10));
                deaths += world.Invariants.FalseDeaths;
                suspicions += world.Nodes.Sum(node => node.Changes.Count(change => change.NewStatus == MemberStatus.Suspect));
            });
        output.WriteLine($"30 nodes, {loss:P0} loss, {Simulate.Times(1)} x 10 minutes: {deaths} false deaths reported, {suspicions} suspicions seen");
        return deaths;
    }
}
