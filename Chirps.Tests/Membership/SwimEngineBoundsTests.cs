using Chirps.Engine.Detection;
using Chirps.Engine.Membership;
using Chirps.Engine.Time;
using Chirps.Engine.Wire;

namespace Chirps.Tests.Membership;

public sealed class SwimEngineBoundsTests
{
    [Fact]
    public void A_datagram_of_another_cluster_changes_nothing()
    {
        var test = new EngineUnderTest();

        test.Receive("bob", EngineUnderTest.Write(MessageKind.Join, "bob", 1, cluster: "other", facts: EngineUnderTest.Fact("bob", MemberStatus.Alive)));

        Assert.Single(test.Engine.Members);
        Assert.Empty(test.Datagrams());
        Assert.Equal(1, test.Engine.Counters.Dropped(DropReason.WrongCluster));
    }

    [Fact]
    public void Nobody_can_speak_under_another_name()
    {
        var test = new EngineUnderTest().Knowing("bob");

        test.Receive("mallory", EngineUnderTest.Write(MessageKind.Leave, "bob", 1, facts: EngineUnderTest.Fact("bob", MemberStatus.Left)));

        Assert.Equal(MemberStatus.Alive, test.Status("bob"));
        Assert.Equal(1, test.Engine.Counters.Dropped(DropReason.SenderMismatch));
    }

    [Fact]
    public void A_datagram_in_ones_own_name_is_dropped()
    {
        var test = new EngineUnderTest();

        test.Receive("self", EngineUnderTest.Write(MessageKind.Gossip, "self", 0));

        Assert.Equal(1, test.Engine.Counters.Dropped(DropReason.FromSelf));
    }

    [Fact]
    public void A_malformed_datagram_is_counted_by_its_fault()
    {
        var test = new EngineUnderTest();

        test.Receive("bob", [1, 2, 3]);

        Assert.Equal(1, test.Engine.Counters.Rejected(DecodeFault.Truncated));
    }

    [Fact]
    public void Members_are_taken_up_to_the_limit_and_refused_beyond()
    {
        var test = new EngineUnderTest(SwimSettings.Lan with { MembersMax = 3 }).Knowing("bob", "carol");

        test.Hear("bob", "dave", MemberStatus.Alive);

        Assert.Equal(3, test.Engine.Members.Count);
        Assert.Null(test.Status("dave"));
        Assert.Equal(1, test.Engine.Counters.Dropped(DropReason.TableFull));
    }

    [Fact]
    public void A_dead_member_makes_room_for_a_new_one()
    {
        var test = new EngineUnderTest(SwimSettings.Lan with { MembersMax = 3 }).Knowing("bob", "carol");
        test.Hear("bob", "carol", MemberStatus.Dead);

        test.Hear("bob", "dave", MemberStatus.Alive);

        Assert.Equal(MemberStatus.Alive, test.Status("dave"));
        Assert.Null(test.Status("carol"));
    }

    [Fact]
    public void Events_nobody_takes_are_overwritten_and_leave_a_gap_in_the_versions()
    {
        var test = new EngineUnderTest(SwimSettings.Lan with { EventsMax = 2 });

        test.Hear("bob", "bob", MemberStatus.Alive);
        test.Hear("carol", "carol", MemberStatus.Alive);
        test.Hear("dave", "dave", MemberStatus.Alive);

        Assert.Equal([2UL, 3UL], test.Events().Select(change => change.Version));
        Assert.Equal(1, test.Engine.Counters.Dropped(DropReason.EventsFull));
    }

    [Fact]
    public void Requests_to_probe_beyond_the_limit_are_refused()
    {
        var test = new EngineUnderTest(SwimSettings.Lan with { HelpedProbesMax = 1 }).Knowing("bob", "carol");

        test.Receive("bob", EngineUnderTest.Write(MessageKind.PingRequest, "bob", 1, target: "carol"));
        test.Receive("bob", EngineUnderTest.Write(MessageKind.PingRequest, "bob", 2, target: "carol"));

        Assert.Single(test.Datagrams(), sent => sent.Kind == MessageKind.Ping);
        Assert.Equal(1, test.Engine.Counters.Dropped(DropReason.TooManyHelps));
    }

    [Fact]
    public void A_helper_uses_its_own_number_and_relays_the_ack_with_the_askers()
    {
        var test = new EngineUnderTest().Knowing("bob", "carol");
        test.Receive("bob", EngineUnderTest.Write(MessageKind.PingRequest, "bob", 77, target: "carol"));
        var ping = test.Datagrams().Single(sent => sent.Kind == MessageKind.Ping);

        test.Receive("carol", EngineUnderTest.Write(MessageKind.Ack, "carol", ping.Sequence));

        Assert.NotEqual(77u, ping.Sequence);
        Assert.Contains(test.Datagrams(), sent => sent is { Kind: MessageKind.Ack, To: "bob", Sequence: 77 });
        test.Run(TimeSpan.FromMilliseconds(150));
        Assert.Equal(0, test.Engine.Counters.NacksSent);
    }

    [Fact]
    public void A_helper_without_an_ack_reports_in_time_for_the_askers_period()
    {
        var test = new EngineUnderTest().Knowing("bob", "carol");
        test.Receive("bob", EngineUnderTest.Write(MessageKind.PingRequest, "bob", 77, target: "carol"));
        var left = test.Settings.Period - test.Settings.RttTimeout;

        test.Run(left * 0.79);
        Assert.Equal(0, test.Engine.Counters.NacksSent);
        test.Run(left * 0.02);

        Assert.Equal(1, test.Engine.Counters.NacksSent);
    }

    [Fact]
    public void A_stale_alive_fact_about_the_dead_is_answered_once_a_period()
    {
        var test = new EngineUnderTest().Knowing("bob", "carol");
        test.Hear("carol", "bob", MemberStatus.Dead);
        test.Datagrams();

        test.Hear("carol", "bob", MemberStatus.Alive);
        test.Hear("carol", "bob", MemberStatus.Alive);

        var answer = Assert.Single(test.Datagrams(), sent => sent.Kind == MessageKind.AntiEntropy);
        Assert.Contains(answer.Facts, fact => fact is { Name: "bob", Key.Rank: MemberStatus.Dead });
    }

    [Fact]
    public void A_death_of_an_unknown_member_is_remembered_and_answers_a_stale_life()
    {
        var test = new EngineUnderTest().Knowing("carol");
        test.Hear("carol", "bob", MemberStatus.Dead, incarnation: 5);

        test.Hear("carol", "bob", MemberStatus.Alive, incarnation: 5);

        Assert.Null(test.Status("bob"));
        Assert.Empty(test.Events());
        Assert.Contains(test.Datagrams(), sent => sent.Facts.Any(fact => fact is { Name: "bob", Key.Rank: MemberStatus.Dead }));
        test.Hear("carol", "bob", MemberStatus.Alive, incarnation: 6);
        Assert.Equal(MemberStatus.Alive, test.Status("bob"));
    }

    [Fact]
    public void A_death_in_a_whole_table_only_raises_a_suspicion()
    {
        var test = new EngineUnderTest().Knowing("bob", "carol");

        test.Hear("carol", "bob", MemberStatus.Dead, kind: MessageKind.AntiEntropy);

        Assert.Equal(MemberStatus.Suspect, test.Status("bob"));
    }

    [Fact]
    public void The_dead_are_reaped_after_the_tombstone_time_and_cannot_come_back_stale()
    {
        var test = new EngineUnderTest(SwimSettings.Lan with { TombstoneTime = TimeSpan.FromSeconds(2) }).Knowing("bob", "carol");
        test.Hear("carol", "bob", MemberStatus.Dead);

        test.Run(TimeSpan.FromSeconds(3), () => test.AnswerPings());
        test.Hear("carol", "bob", MemberStatus.Alive);

        Assert.Null(test.Status("bob"));
        Assert.Equal(1, test.Engine.Counters.Reaped);
    }

    [Fact]
    public void Random_datagrams_never_make_the_engine_throw()
    {
        var test = new EngineUnderTest().Knowing("bob", "carol");
        var random = new SeededRandom(99);
        var names = new[] { "self", "bob", "carol", "dave", "erin" };

        for (var round = 0; round < 20_000; round++)
        {
            var from = names[1 + random.Next(4)];
            var fact = EngineUnderTest.Fact(random.Pick(names), (MemberStatus)random.Next(4), (uint)random.Next(3), 999UL + (ulong)random.Next(3));
            test.Receive(from, EngineUnderTest.Write((MessageKind)(1 + random.Next(14)), from, (uint)random.Next(5), target: random.Pick(names), facts: fact));
            test.Run(TimeSpan.FromMilliseconds(random.Next(30)), () => test.Datagrams());
            test.Events();
        }

        Assert.InRange(test.Engine.Members.Count, 3, 5);
    }

    [Fact]
    public void Steady_probing_and_gossip_allocate_nothing()
    {
        var left = new EngineUnderTest();
        var right = new SwimEngine(left.Settings, "test", EngineUnderTest.Id("right"), EngineUnderTest.Generation, default, EngineUnderTest.AddressOf("right"), new SeededRandom(2), left.Now);
        right.Join(left.Now, [EngineUnderTest.AddressOf("self")]);
        Exchange(left, right, TimeSpan.FromSeconds(30));
        Assert.Equal(2, right.Members.Count);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Exchange(left, right, TimeSpan.FromSeconds(20));

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData(DetectorKind.Swim)]
    [InlineData(DetectorKind.Phi)]
    public void Steady_comparison_of_tables_states_and_heartbeats_allocates_nothing(DetectorKind detector)
    {
        var left = new EngineUnderTest(SwimSettings.Lan with { Detector = detector, AntiEntropyInterval = TimeSpan.FromSeconds(1) });
        var right = new SwimEngine(left.Settings, "test", EngineUnderTest.Id("right"), EngineUnderTest.Generation, default, EngineUnderTest.AddressOf("right"), new SeededRandom(2), left.Now);
        right.Join(left.Now, [EngineUnderTest.AddressOf("self")]);
        right.Set(left.Now, "key", "value"u8);
        Exchange(left, right, TimeSpan.FromSeconds(60));
        Assert.True(left.Engine.TryGetState(right.Self.Id, out var state) && state.Entries.Count == 1);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Exchange(left, right, TimeSpan.FromSeconds(40));

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void The_left_are_reaped_like_the_dead()
    {
        // memberlist #253: members that left were kept for ever and filled the exchange of tables.
        var test = new EngineUnderTest(SwimSettings.Lan with { TombstoneTime = TimeSpan.FromSeconds(2) }).Knowing("bob", "carol");
        test.Hear("bob", "bob", MemberStatus.Left);

        test.Run(TimeSpan.FromSeconds(4), () => test.AnswerPings());

        Assert.Null(test.Status("bob"));
    }

    [Fact]
    public void Two_that_hold_each_other_dead_do_not_answer_each_other_without_end()
    {
        // foca #25: each told the other that it was dead, for ever.
        var left = new EngineUnderTest();
        var right = new SwimEngine(left.Settings, "test", EngineUnderTest.Id("right"), EngineUnderTest.Generation, default, EngineUnderTest.AddressOf("right"), new SeededRandom(2), left.Now);
        right.Join(left.Now, [EngineUnderTest.AddressOf("self")]);
        Exchange(left, right, TimeSpan.FromSeconds(5));
        left.Run(TimeSpan.FromSeconds(10), () => left.Datagrams());
        while (right.NextDeadline is { } next && next <= left.Now)
        {
            right.Advance(next);
            while (right.TryDequeueDatagram(out _))
            {
            }
        }

        Assert.Equal(MemberStatus.Dead, left.Status("right"));
        var sent = left.Engine.Counters.DatagramsSent;
        Exchange(left, right, TimeSpan.FromSeconds(5));

        Assert.Equal(MemberStatus.Alive, left.Status("right"));
        Assert.InRange(left.Engine.Counters.DatagramsSent - sent, 1, 100);
    }

    private static void Exchange(EngineUnderTest left, SwimEngine right, TimeSpan duration)
    {
        var end = left.Now + duration;
        while (left.Now < end)
        {
            left.Now += TimeSpan.FromMilliseconds(5);
            left.Engine.Advance(left.Now);
            right.Advance(left.Now);
            for (var pass = 0; pass < 3; pass++)
            {
                Carry(left.Now, left.Engine, right);
                Carry(left.Now, right, left.Engine);
            }
        }
    }

    private static void Carry(MeshInstant now, SwimEngine from, SwimEngine to)
    {
        while (from.TryDequeueDatagram(out var datagram))
        {
            to.Receive(now, new PeerSource(from.Self.Id, from.Self.Address), datagram.Bytes.Span);
        }

        while (from.TryDequeueEvent(out _) || from.TryDequeueProbe(out _))
        {
        }
    }
}
