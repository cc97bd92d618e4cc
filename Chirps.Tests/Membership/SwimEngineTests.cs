using Chirps.Engine.Membership;
using Chirps.Engine.Wire;

namespace Chirps.Tests.Membership;

public sealed class SwimEngineTests
{
    private static readonly TimeSpan _period = SwimSettings.Lan.Period;

    [Fact]
    public void A_new_engine_knows_itself_and_is_joined_without_seeds()
    {
        var test = new EngineUnderTest();

        Assert.Equal("self", Assert.Single(test.Engine.Members).Id.ToString());
        Assert.True(test.Engine.IsJoined);
        Assert.NotNull(test.Engine.NextDeadline);
    }

    [Fact]
    public void An_alive_fact_of_an_unknown_member_makes_it_join()
    {
        var test = new EngineUnderTest();

        test.Hear("bob", "bob", MemberStatus.Alive);

        var change = Assert.Single(test.Events());
        Assert.Equal((1UL, MembershipChangeKind.Joined, "bob"), (change.Version, change.Kind, change.Member.Id.ToString()));
    }

    [Fact]
    public void An_unanswered_probe_asks_other_members_before_suspecting()
    {
        var test = new EngineUnderTest().Knowing("bob", "carol", "dave", "erin");
        var sent = new List<EngineUnderTest.Sent>();

        test.Run(_period + test.Settings.RttTimeout, () => sent.AddRange(test.Datagrams()));

        var target = sent.First(one => one.Kind == MessageKind.Ping).To;
        var asked = sent.Where(one => one.Kind == MessageKind.PingRequest).ToList();
        Assert.Equal(3, asked.Count);
        Assert.All(asked, one => Assert.Equal((target, true), (one.Target, one.Urgent)));
        Assert.Equal(MemberStatus.Alive, test.Status(target));
    }

    [Fact]
    public void A_probe_nobody_answers_makes_its_target_suspect_at_the_end_of_the_period()
    {
        var test = new EngineUnderTest().Knowing("bob");

        test.Run(_period * 2, () => test.Datagrams());

        var change = Assert.Single(test.Events());
        Assert.Equal((MembershipChangeKind.StatusChanged, MemberStatus.Suspect), (change.Kind, change.NewStatus));
        Assert.Equal("self", change.Accuser.ToString());
    }

    [Fact]
    public void An_answered_probe_suspects_nobody()
    {
        var test = new EngineUnderTest().Knowing("bob");

        test.Run(_period * 20, () => test.AnswerPings());

        Assert.Empty(test.Events());
        Assert.True(test.Engine.Counters.ProbesSucceeded >= 19);
    }

    [Fact]
    public void A_relayed_ack_counts()
    {
        var test = new EngineUnderTest().Knowing("bob", "carol");

        test.Run(_period * 10, () =>
        {
            foreach (var asked in test.Datagrams().Where(sent => sent.Kind is MessageKind.PingRequest))
            {
                test.Receive(asked.To, EngineUnderTest.Write(MessageKind.Ack, asked.To, asked.Sequence));
            }
        });

        Assert.DoesNotContain(test.Events(), change => change.NewStatus == MemberStatus.Suspect);
    }

    [Fact]
    public void An_ack_of_an_earlier_probe_or_from_somebody_not_asked_does_not_count()
    {
        var test = new EngineUnderTest().Knowing("bob");
        var ping = 0u;

        test.Run(_period, () => ping = test.Datagrams().Where(sent => sent.Kind == MessageKind.Ping).Select(sent => sent.Sequence).FirstOrDefault(ping));
        test.Receive("bob", EngineUnderTest.Write(MessageKind.Ack, "bob", ping - 1));
        test.Receive("mallory", EngineUnderTest.Write(MessageKind.Ack, "mallory", ping));
        test.Run(_period);

        Assert.Equal(MemberStatus.Suspect, test.Status("bob"));
        Assert.Equal(2, test.Engine.Counters.Dropped(DropReason.LateAnswer));
    }

    [Fact]
    public void A_ping_to_a_suspect_tells_it_so()
    {
        var test = new EngineUnderTest().Knowing("bob");

        var sent = new List<EngineUnderTest.Sent>();

        test.Run(_period * 4, () => sent.AddRange(test.Datagrams()));

        Assert.Contains(sent.Where(one => one.Kind == MessageKind.Ping), one => one.Facts.Any(fact => fact is { Name: "bob", Key.Rank: MemberStatus.Suspect }));
    }

    [Fact]
    public void An_unrefuted_suspicion_ends_in_death()
    {
        var test = new EngineUnderTest().Knowing("bob");

        test.Run(_period * 2 + test.Settings.SuspicionMin, () => test.Datagrams());

        Assert.Equal(MemberStatus.Dead, test.Status("bob"));
        Assert.Equal(1, test.Engine.Counters.DeathsDeclared);
    }

    [Fact]
    public void A_higher_incarnation_in_a_header_refutes()
    {
        var test = new EngineUnderTest().Knowing("bob", "carol");
        test.Hear("carol", "bob", MemberStatus.Suspect, accuser: "carol");

        test.Receive("bob", EngineUnderTest.Write(MessageKind.Gossip, "bob", 0, incarnation: 1));

        Assert.Equal(MemberStatus.Alive, test.Status("bob"));
    }

    [Fact]
    public void A_rumour_about_oneself_is_refuted_in_one_step_to_the_accuser_and_others()
    {
        var test = new EngineUnderTest().Knowing("bob", "carol", "dave", "erin", "frank");

        test.Hear("bob", "self", MemberStatus.Suspect, incarnation: 41, accuser: "carol");

        Assert.Equal(42u, test.Engine.Self.Incarnation.Value);
        Assert.Equal(1, test.Engine.LocalHealth);
        var told = test.Datagrams().Where(sent => sent.Facts.Any(fact => fact is { Name: "self", Key.Incarnation.Value: 42 })).Select(sent => sent.To).ToList();
        Assert.Contains("bob", told);
        Assert.Contains("carol", told);
        Assert.Equal(5, told.Count);
    }

    [Fact]
    public void A_rumour_at_the_last_incarnation_makes_the_process_take_the_next_generation()
    {
        var test = new EngineUnderTest().Knowing("bob");

        test.Hear("bob", "self", MemberStatus.Dead, incarnation: uint.MaxValue);

        Assert.Equal((1_001UL, 0u), (test.Engine.Self.Generation.Value, test.Engine.Self.Incarnation.Value));
    }

    [Fact]
    public void A_left_rumour_about_oneself_is_refuted()
    {
        var test = new EngineUnderTest().Knowing("bob");

        test.Hear("bob", "self", MemberStatus.Left);

        Assert.Equal((MemberStatus.Alive, 1u), (test.Engine.Self.Status, test.Engine.Self.Incarnation.Value));
    }

    [Fact]
    public void A_higher_generation_replaces_even_the_dead()
    {
        var test = new EngineUnderTest().Knowing("bob", "carol");
        test.Hear("carol", "bob", MemberStatus.Dead, accuser: "carol");
        test.Events();

        test.Hear("carol", "bob", MemberStatus.Alive, generation: 2_000);

        Assert.Equal(MembershipChangeKind.Joined, Assert.Single(test.Events()).Kind);
    }

    [Fact]
    public void A_ping_for_another_identity_is_denied()
    {
        var test = new EngineUnderTest().Knowing("bob");

        test.Receive("bob", EngineUnderTest.Write(MessageKind.Ping, "bob", 5, target: "self", targetGeneration: 999));

        var answer = Assert.Single(test.Datagrams());
        Assert.Equal((MessageKind.WrongIdentity, 5u), (answer.Kind, answer.Sequence));
        Assert.Contains(answer.Facts, fact => fact is { Name: "self", Key.Generation.Value: 1_000 });
    }

    [Fact]
    public void A_denied_identity_is_dead_at_once()
    {
        var test = new EngineUnderTest().Knowing("bob");
        var ping = 0u;
        test.Run(_period, () => ping = test.Datagrams().Where(sent => sent.Kind == MessageKind.Ping).Select(sent => sent.Sequence).FirstOrDefault(ping));

        test.Receive("carol", EngineUnderTest.Write(MessageKind.WrongIdentity, "carol", ping, target: "bob"));

        Assert.Equal(MemberStatus.Dead, test.Status("bob"));
    }

    [Fact]
    public void A_lost_connection_starts_a_probe_and_is_no_verdict()
    {
        var test = new EngineUnderTest().Knowing("bob");

        test.Engine.Unreachable(test.Now, EngineUnderTest.Id("bob"));
        test.Engine.Advance(test.Now);

        Assert.Contains(test.Datagrams(), sent => sent is { Kind: MessageKind.Ping, To: "bob" });
        Assert.Equal(MemberStatus.Alive, test.Status("bob"));
    }

    [Fact]
    public void After_a_long_absence_nobody_is_accused_and_local_health_suffers()
    {
        var test = new EngineUnderTest().Knowing("bob", "carol");
        test.Hear("carol", "bob", MemberStatus.Suspect, accuser: "carol");
        test.Run(_period);
        test.Datagrams();
        test.Events();

        test.Now += TimeSpan.FromSeconds(60);
        test.Engine.Advance(test.Now);

        Assert.Empty(test.Events());
        Assert.Equal(1, test.Engine.Counters.LateTimers);
        Assert.True(test.Engine.LocalHealth > 0);
    }
}
