using Chirps.Engine.Membership;
using Chirps.Engine.Wire;

namespace Chirps.Tests.Membership;

public sealed class IdentityTests
{
    [Fact]
    public void Another_process_with_the_same_identity_is_refused_and_reported()
    {
        var test = new EngineUnderTest().Knowing("bob", "carol");
        Receive(test, credential: 7, EngineUnderTest.Write(MessageKind.Gossip, "bob", 0));

        Receive(test, credential: 8, EngineUnderTest.Write(MessageKind.Gossip, "bob", 0, facts: EngineUnderTest.Fact("carol", MemberStatus.Dead)));

        Assert.Equal(MemberStatus.Alive, test.Status("carol"));
        Assert.Equal(1, test.Engine.Counters.Dropped(DropReason.IdentityConflict));
        Assert.True(test.Engine.TryDequeueConflict(out var conflict));
        Assert.Equal(("bob", 1_000UL), (conflict.Member.ToString(), conflict.Generation.Value));
    }

    [Fact]
    public void A_new_process_may_bring_another_credential()
    {
        var test = new EngineUnderTest().Knowing("bob");
        Receive(test, credential: 7, EngineUnderTest.Write(MessageKind.Gossip, "bob", 0));
        test.Hear("bob", "bob", MemberStatus.Alive, generation: 2_000);

        Receive(test, credential: 8, EngineUnderTest.Write(MessageKind.Gossip, "bob", 0));

        Assert.False(test.Engine.TryDequeueConflict(out _));
    }

    [Fact]
    public void The_same_identity_at_another_address_is_reported_once_a_period()
    {
        var test = new EngineUnderTest().Knowing("bob", "carol");
        var elsewhere = EngineUnderTest.Fact("bob", MemberStatus.Alive);
        elsewhere[13 + 17] ^= 1;

        test.Receive("carol", EngineUnderTest.Write(MessageKind.Gossip, "carol", 0, facts: elsewhere));
        test.Receive("carol", EngineUnderTest.Write(MessageKind.Gossip, "carol", 0, facts: elsewhere));

        Assert.True(test.Engine.TryDequeueConflict(out var conflict));
        Assert.NotEqual(conflict.Held, conflict.Claimed);
        Assert.False(test.Engine.TryDequeueConflict(out _));
        Assert.Equal(2, test.Engine.Counters.IdentityConflicts);
    }

    [Fact]
    public void A_later_process_under_ones_own_name_is_reported()
    {
        var test = new EngineUnderTest().Knowing("bob");

        test.Hear("bob", "self", MemberStatus.Alive, generation: 2_000);

        Assert.True(test.Engine.TryDequeueConflict(out var conflict));
        Assert.Equal("self", conflict.Member.ToString());
    }

    [Fact]
    public void Only_the_member_itself_can_say_that_it_left()
    {
        var test = new EngineUnderTest().Knowing("bob", "carol");

        test.Hear("carol", "bob", MemberStatus.Left);
        test.Engine.Advance(test.Now);

        Assert.Equal(MemberStatus.Alive, test.Status("bob"));
        Assert.Contains(test.Datagrams(), sent => sent is { Kind: MessageKind.Ping, To: "bob" });
        test.Hear("bob", "bob", MemberStatus.Left);
        Assert.Equal(MemberStatus.Left, test.Status("bob"));
    }

    [Fact]
    public void Whoever_missed_a_leave_and_declared_a_death_learns_the_truth_from_anybody()
    {
        var test = new EngineUnderTest().Knowing("bob", "carol");
        test.Hear("carol", "bob", MemberStatus.Dead);

        test.Hear("carol", "bob", MemberStatus.Left);

        Assert.Equal(MemberStatus.Left, test.Status("bob"));
    }

    [Fact]
    public void Seeds_replaced_by_a_name_server_do_not_pile_up()
    {
        var settings = SwimSettings.Lan;
        var seeds = new Seeds(settings, new Chirps.Engine.Time.SeededRandom(1));

        for (var seed = 0; seed < 200; seed++)
        {
            Assert.True(seeds.Add([EngineUnderTest.AddressOf($"seed{seed}")], default));
        }

        Assert.Equal(Seeds.AddressesMax, seeds.Count);
        Assert.Equal(EngineUnderTest.AddressOf("seed199"), seeds.Addresses[^1]);
    }

    private static void Receive(EngineUnderTest test, ulong credential, byte[] datagram) =>
        test.Engine.Receive(test.Now, new PeerSource(EngineUnderTest.Id("bob"), EngineUnderTest.AddressOf("bob"), credential), datagram);
}
