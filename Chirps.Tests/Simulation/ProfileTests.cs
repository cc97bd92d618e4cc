using Chirps.Engine.Membership;
using Chirps.Simulation;
using Xunit.Abstractions;

namespace Chirps.Tests.Simulation;

public sealed class ProfileTests(ITestOutputHelper output)
{
    /// <summary>Continents apart: round trips of 200 to 320 ms, a datagram in fifty lost.</summary>
    private static readonly SimLink _far = new() { Delay = TimeSpan.FromMilliseconds(100), Jitter = TimeSpan.FromMilliseconds(60), Loss = 0.02 };

    private static readonly SimLink _near = new() { Delay = TimeSpan.FromMicroseconds(20), Jitter = TimeSpan.FromMicroseconds(200) };

    [Fact]
    public void Far_apart_members_are_not_buried_and_a_crash_is_found() => Run("wan", SwimSettings.Wan, _far, 20, 30);

    [Fact]
    public void On_one_machine_a_crash_is_found_fast() => Run("local", SwimSettings.Local, _near, 8, 2);

    [Fact]
    public void The_lan_profile_suspects_far_apart_members_all_the_time_and_the_wan_profile_hardly_ever()
    {
        var (lan, wan) = (Suspicions(SwimSettings.Lan), Suspicions(SwimSettings.Wan));

        output.WriteLine($"20 nodes far apart for a minute: {lan} suspicions with the lan profile, {wan} with the wan profile");
        Assert.True(wan * 10 < lan, $"{wan} and {lan}");
    }

    private static int Suspicions(SwimSettings settings)
    {
        var world = new SimWorld(1, 20, settings: settings);
        world.Form(60).Network.Link = _far;
        world.RunFor(TimeSpan.FromMinutes(1));
        return world.Nodes.Sum(node => node.Changes.Count(change => change.NewStatus == MemberStatus.Suspect));
    }

    private void Run(string profile, SwimSettings settings, SimLink link, int nodes, double limitSeconds)
    {
        var durations = new List<double>();
        Simulate.EachWorld(Simulate.Times(5), seed => new SimWorld(seed, nodes, settings: settings), world =>
        {
            world.Network.Link = link;
            world.Form(120).Invariants.NoFalseDeaths = true;
            world.RunFor(TimeSpan.FromMinutes(3));
            var victim = 1 + world.Chance.Next(nodes - 1);
            var start = world.Now;
            world.Crash(victim).RunUntil(w => w.AllHold(victim, MemberStatus.Dead), TimeSpan.FromSeconds(60));
            durations.Add((world.Now - start).TotalSeconds);
        });
        output.WriteLine($"{profile} profile, {nodes} nodes: a crash is declared by every survivor after {durations.Min():F2} to {durations.Max():F2} s; nobody else in 3 minutes");
        Assert.True(durations.Max() < limitSeconds);
    }
}
