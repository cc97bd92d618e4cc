using Chirps.Engine.Membership;
using Chirps.Engine.State;
using Chirps.Engine.Time;

namespace Chirps.Tests.Membership;

public sealed class SmallPartsTests
{
    private static readonly MeshInstant _now = new(1_000_000_000);

    [Theory]
    [InlineData(1, 3)]
    [InlineData(99, 3)]
    [InlineData(100, 4)]
    [InlineData(1_000, 5)]
    public void The_fanout_grows_with_each_tenfold(int members, int expected) =>
        Assert.Equal(expected, SwimFormulas.Fanout(SwimSettings.Lan, members));

    [Fact]
    public void Local_health_counts_missing_nacks_and_recovers_by_one()
    {
        var health = new LocalHealth(8);

        health.ProbeFailed(nacksExpected: 3, nacksReceived: 1);
        health.ProbeSucceeded();

        Assert.Equal(1, health.Score);
        Assert.Equal(TimeSpan.FromSeconds(2), health.Scale(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void A_failed_probe_all_helpers_of_which_reported_costs_nothing()
    {
        var health = new LocalHealth(8);

        health.ProbeFailed(3, 3);

        Assert.Equal(0, health.Score);
    }

    [Fact]
    public void Local_health_stays_in_its_range()
    {
        var health = new LocalHealth(8);

        health.ProbeSucceeded();
        Assert.Equal(0, health.Score);
        Array.ForEach(new int[20], _ => health.ProbeFailed(0, 0));

        Assert.Equal(7, health.Score);
    }

    [Fact]
    public void The_profiles_are_valid() =>
        Assert.All(new[] { SwimSettings.Lan, SwimSettings.Wan, SwimSettings.Local }, settings => Assert.Empty(settings.Validate()));

    [Fact]
    public void A_bad_setting_is_named()
    {
        var problem = Assert.Single((SwimSettings.Lan with { RttTimeout = SwimSettings.Lan.Period }).Validate());

        Assert.Equal(nameof(SwimSettings.RttTimeout), problem.Key);
    }

    [Fact]
    public void A_bad_setting_of_the_shared_state_is_named()
    {
        var problems = (SwimSettings.Lan with { State = new StateSettings { Fanout = 0, TransferBytesMax = 1_000 } }).Validate();

        Assert.Equal(["State.Fanout", "State.TransferBytesMax"], problems.Select(problem => problem.Key));
    }

    [Fact]
    public void An_engine_refuses_bad_settings() => Assert.Throws<ArgumentException>(() => new EngineUnderTest(SwimSettings.Lan with { MembersMax = 0 }));

    [Fact]
    public void The_outbox_hands_urgent_datagrams_out_first_and_drops_beyond_its_limit()
    {
        var outbox = new Outbox(1, 600);
        outbox.TryAdd(outbox.Rent(), 1, default, default, urgent: false);

        Assert.True(outbox.TryAdd(outbox.Rent(), 2, default, default, urgent: true));
        Assert.False(outbox.TryAdd(outbox.Rent(), 3, default, default, urgent: false));

        Assert.True(outbox.TryTake(out var first) && first.Urgent);
        Assert.True(outbox.TryTake(out var second) && !second.Urgent);
        Assert.False(outbox.TryTake(out _));
    }

    [Fact]
    public void Tombstones_give_way_to_newer_ones_at_the_limit()
    {
        var tombstones = new Tombstones(2, TimeSpan.FromSeconds(10));

        tombstones.Remember("a"u8, default, default, _now);
        tombstones.Remember("b"u8, default, default, _now);
        tombstones.Remember("c"u8, default, default, _now);

        Assert.Equal(2, tombstones.Count);
        Assert.False(tombstones.TryFind("a"u8, _now, out _, out _));
        Assert.True(tombstones.TryFind("c"u8, _now, out _, out _));
    }

    [Fact]
    public void A_tombstone_expires()
    {
        var tombstones = new Tombstones(2, TimeSpan.FromSeconds(10));
        tombstones.Remember("a"u8, default, default, _now);

        Assert.True(tombstones.TryFind("a"u8, _now + TimeSpan.FromSeconds(9), out _, out _));
        Assert.False(tombstones.TryFind("a"u8, _now + TimeSpan.FromSeconds(10), out _, out _));
    }

    [Fact]
    public void A_tombstone_answers_once_an_interval()
    {
        var tombstones = new Tombstones(2, TimeSpan.FromSeconds(10));
        tombstones.Remember("a"u8, default, default, _now);
        var interval = TimeSpan.FromSeconds(1);

        Assert.True(tombstones.TryTakeAnswer("a"u8, _now, interval));
        Assert.False(tombstones.TryTakeAnswer("a"u8, _now, interval));
        Assert.True(tombstones.TryTakeAnswer("a"u8, _now + interval, interval));
    }

    [Fact]
    public void Seeds_are_kept_once_without_the_node_itself()
    {
        var seeds = new Seeds(SwimSettings.Lan, new SeededRandom(1));
        var self = EngineUnderTest.AddressOf("self");
        var other = EngineUnderTest.AddressOf("other");

        Assert.True(seeds.Add([self, other, other, default], self));
        Assert.False(seeds.Add([other], self));

        Assert.Equal(1, seeds.Count);
        Assert.Equal(other, seeds.Next());
    }

    [Fact]
    public void The_wait_for_a_seed_doubles_up_to_its_limit_with_jitter_on_top()
    {
        var seeds = new Seeds(SwimSettings.Lan, new SeededRandom(1));
        var delays = Enumerable.Range(0, 6).Select(_ => seeds.NextDelay().TotalSeconds).ToList();

        Assert.All(delays.Zip([0.5, 1, 2, 4, 5, 5]), pair => Assert.InRange(pair.First, pair.Second, pair.Second * 1.5));
    }

    [Fact]
    public void The_member_table_finds_names_by_their_bytes_without_allocating()
    {
        var table = new MemberTable(10);
        var record = table.Add(MemberId.Parse("bob"), default, default, _now);
        table.Find("bob"u8);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var found = table.Find("bob"u8);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Same(record, found);
    }
}
