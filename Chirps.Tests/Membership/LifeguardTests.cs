using Chirps.Engine.Membership;
using Chirps.Engine.Wire;

namespace Chirps.Tests.Membership;

public sealed class LifeguardTests
{
    private static readonly TimeSpan _period = SwimSettings.Lan.Period;

    [Theory]
    [InlineData(201, 0, 0, 1)]
    [InlineData(200, 0, 0, 0)]
    [InlineData(0, 81, 0, 1)]
    [InlineData(0, 80, 0, 0)]
    [InlineData(0, 0, 2_500, 2)]
    [InlineData(0, 0, 999, 0)]
    [InlineData(300, 300, 60_000, 7)]
    public void Evidence_from_the_runtime_counts_against_oneself(int timer, int pause, int pool, int expected)
    {
        var test = new EngineUnderTest().Knowing("bob");

        test.Engine.Observe(test.Now, Pressure(timer, pause, pool));

        Assert.Equal(expected, test.Engine.LocalHealth);
    }

    [Fact]
    public void A_probe_that_failed_while_the_process_paused_accuses_nobody_and_is_repeated()
    {
        var test = new EngineUnderTest().Knowing("bob");
        test.Run(_period * 1.2, () => test.Datagrams());

        test.Engine.Observe(test.Now, Pressure(0, 150, 0));
        test.Run(_period, () => test.Datagrams());

        Assert.Empty(test.Events());
        Assert.Equal(1, test.Engine.Counters.VerdictsWithheld);
        test.Run(_period * 4, () => test.Datagrams());
        Assert.Equal(MemberStatus.Suspect, test.Status("bob"));
    }

    [Fact]
    public void A_timer_between_one_and_two_periods_late_accuses_nobody_for_a_period()
    {
        var test = new EngineUnderTest().Knowing("bob");
        test.Run(_period, () => test.Datagrams());

        test.Now = test.Engine.NextDeadline!.Value + (_period * 2.1);
        test.Engine.Advance(test.Now);
        test.Engine.Advance(test.Now);

        Assert.Equal(1, test.Engine.Counters.LateTimers);
        Assert.Empty(test.Events());
    }

    [Fact]
    public void A_helper_that_got_no_answer_either_is_a_witness()
    {
        var test = new EngineUnderTest().Knowing("bob", "carol", "dave", "erin", "frank");

        var target = FailOneProbe(test, asked => true);

        var accusation = Assert.Single(test.Engine.AccusationsOf(EngineUnderTest.Id(target)));
        Assert.Equal(3, accusation.Confirmations.Count(confirmation => confirmation.IsWitness));
        Assert.All(accusation.Helpers, helper => Assert.True(helper.Nacked));
        Assert.Equal(0, test.Engine.LocalHealth);
    }

    [Fact]
    public void A_helper_that_says_nothing_is_no_witness()
    {
        var test = new EngineUnderTest().Knowing("bob", "carol", "dave", "erin", "frank");

        var target = FailOneProbe(test, asked => false);

        var accusation = Assert.Single(test.Engine.AccusationsOf(EngineUnderTest.Id(target)));
        Assert.Empty(accusation.Confirmations);
        Assert.Equal(3, accusation.Helpers.Count(helper => !helper.Nacked));
    }

    [Fact]
    public void The_wait_for_an_answer_follows_the_round_trips_measured()
    {
        var estimate = default(RttEstimate);
        var (min, max) = (TimeSpan.FromMilliseconds(40), TimeSpan.FromMilliseconds(80));
        Assert.Equal(max, estimate.Timeout(min, max));

        for (var sample = 0; sample < 30; sample++)
        {
            estimate = estimate.With(TimeSpan.FromMilliseconds(10 + (sample % 2)));
        }

        Assert.InRange(estimate.Smoothed.TotalMilliseconds, 10, 11);
        Assert.Equal(min, estimate.Timeout(min, max));
        Assert.InRange(estimate.With(TimeSpan.FromMilliseconds(60)).Timeout(min, max).TotalMilliseconds, 50, 80);
    }

    [Fact]
    public void Helpers_are_asked_sooner_when_answers_usually_come_fast()
    {
        var test = new EngineUnderTest().Knowing("bob", "carol");
        test.Run(_period * 20, () => test.AnswerPings());
        Assert.Equal(TimeSpan.Zero, test.Engine.RoundTripTo(EngineUnderTest.Id("bob"))!.Value.Subtract(TimeSpan.FromTicks(1)));

        var requests = test.Engine.Counters.PingRequestsSent;
        test.Run(_period + test.Settings.RttTimeoutMin + TimeSpan.FromMilliseconds(1), () => test.Datagrams());

        Assert.True(test.Engine.Counters.PingRequestsSent > requests);
    }

    [Fact]
    public void A_refuted_accusation_is_recorded_with_its_end()
    {
        var test = new EngineUnderTest().Knowing("bob", "carol", "dave");
        test.Hear("carol", "bob", MemberStatus.Suspect, accuser: "carol");
        test.Hear("dave", "bob", MemberStatus.Suspect, accuser: "dave");

        test.Hear("bob", "bob", MemberStatus.Alive, incarnation: 1);

        var accusation = Assert.Single(test.Engine.AccusationsOf(EngineUnderTest.Id("bob")));
        Assert.Equal((AccusationOutcome.Refuted, "carol"), (accusation.Outcome, accusation.Accuser.ToString()));
    }

    [Fact]
    public void A_death_names_who_declared_it()
    {
        var test = new EngineUnderTest().Knowing("bob", "carol");

        test.Hear("carol", "bob", MemberStatus.Dead, accuser: "carol");

        var accusation = Assert.Single(test.Engine.AccusationsOf(EngineUnderTest.Id("bob")));
        Assert.Equal((AccusationOutcome.Dead, "carol"), (accusation.Outcome, accusation.EndedBy.ToString()));
    }

    [Fact]
    public void A_rumour_about_oneself_is_recorded_too()
    {
        var test = new EngineUnderTest().Knowing("bob", "carol");

        test.Hear("bob", "self", MemberStatus.Suspect, accuser: "carol");

        Assert.Equal(("carol", AccusationOutcome.Refuted), (test.Engine.AccusationsOf(EngineUnderTest.Id("self"))[0].Accuser.ToString(), test.Engine.AccusationsOf(EngineUnderTest.Id("self"))[0].Outcome));
    }

    [Fact]
    public void Only_the_last_accusations_are_kept()
    {
        var test = new EngineUnderTest().Knowing("bob", "carol");

        for (var incarnation = 0u; incarnation < AccusationLog.Capacity + 1; incarnation++)
        {
            test.Hear("carol", "bob", MemberStatus.Suspect, incarnation, accuser: "carol");
        }

        var kept = test.Engine.AccusationsOf(EngineUnderTest.Id("bob"));
        Assert.Equal(AccusationLog.Capacity, kept.Count);
        Assert.Equal(1u, kept[0].Incarnation.Value);
    }

    /// <summary>Lets one probe fail; the helpers that nack are chosen.</summary>
    private static string FailOneProbe(EngineUnderTest test, Func<string, bool> nacks)
    {
        var target = string.Empty;
        test.Run(_period * 2, () =>
        {
            foreach (var sent in test.Datagrams())
            {
                target = target.Length == 0 && sent.Kind == MessageKind.Ping ? sent.To : target;
                if (sent.Kind == MessageKind.Ping && sent.To != target)
                {
                    test.Receive(sent.To, EngineUnderTest.Write(MessageKind.Ack, sent.To, sent.Sequence));
                }
                else if (sent.Kind == MessageKind.PingRequest && nacks(sent.To))
                {
                    test.Receive(sent.To, EngineUnderTest.Write(MessageKind.Nack, sent.To, sent.Sequence));
                }
            }
        });
        return target;
    }

    private static RuntimePressure Pressure(int timer, int pause, int pool) =>
        new(TimeSpan.FromMilliseconds(timer), TimeSpan.FromMilliseconds(pause), TimeSpan.FromMilliseconds(pool));

    [Fact]
    public void Before_it_buries_a_suspect_a_node_asks_others_for_news_of_it()
    {
        var test = new EngineUnderTest().Knowing("bob", "carol", "dave", "eve");
        var sent = new List<EngineUnderTest.Sent>();
        test.Hear("carol", "bob", MemberStatus.Suspect, accuser: "carol");

        test.Run(TimeSpan.FromSeconds(4), () =>
        {
            var now = test.Datagrams();
            sent.AddRange(now);
            foreach (var ping in now.Where(one => one is { Kind: MessageKind.Ping, To: not "bob" }))
            {
                test.Receive(ping.To, EngineUnderTest.Write(MessageKind.Ack, ping.To, ping.Sequence));
            }
        });

        Assert.Equal(MemberStatus.Dead, test.Status("bob"));
        var questions = sent.Where(one => one is { Kind: MessageKind.Gossip, Urgent: true }).ToList();
        Assert.Equal(Suspicion.CallsMax * test.Settings.IndirectProbes, questions.Count);
        Assert.All(questions, one => Assert.True(one.To != "bob" && one.Facts[0] is { Name: "bob", Key.Rank: MemberStatus.Suspect }, $"{one}"));
    }

    [Fact]
    public void A_node_that_heard_the_refutation_tells_who_asks_for_news()
    {
        var test = new EngineUnderTest().Knowing("bob", "carol");
        test.Hear("bob", "bob", MemberStatus.Alive, incarnation: 1);
        test.Datagrams();

        test.Receive("carol", EngineUnderTest.Write(MessageKind.Gossip, "carol", 0, MessageFlags.RequestNews, facts: EngineUnderTest.Fact("bob", MemberStatus.Suspect)));

        var answer = Assert.Single(test.Datagrams(), one => one.To == "carol" && one.Urgent);
        Assert.Equal(("bob", new FactKey(EngineUnderTest.Generation, new Incarnation(1), MemberStatus.Alive)), answer.Facts[0]);
    }

    [Fact]
    public void A_node_that_knows_no_better_does_not_answer_a_request_for_news()
    {
        var test = new EngineUnderTest().Knowing("bob", "carol");

        test.Receive("carol", EngineUnderTest.Write(MessageKind.Gossip, "carol", 0, MessageFlags.RequestNews, facts: EngineUnderTest.Fact("bob", MemberStatus.Suspect)));

        Assert.DoesNotContain(test.Datagrams(), one => one.Urgent);
    }
}
