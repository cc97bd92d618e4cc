using Chirps.Engine.Membership;
using Chirps.Engine.Time;
using RaftKv.Core;

namespace Chirps.Tests.Raft;

/// <summary>Single rules of Raft, each in the smallest case that breaks without it.</summary>
public sealed partial class RaftCoreTests
{
    private static readonly MemberId _a = MemberId.Parse("a");
    private static readonly MemberId _b = MemberId.Parse("b");
    private static readonly MemberId _c = MemberId.Parse("c");
    private static readonly Configuration _three = new([_a, _b, _c]);

    private MeshInstant _now = MeshInstant.Zero;

    [Fact]
    public void An_entry_of_an_earlier_term_is_committed_only_behind_one_of_the_leaders_own()
    {
        // Raft, figure 8: entry 2 of term 2 is on a majority, and may still be overwritten.
        var core = Make(new HardState(3, default), Entry(1, 1), Entry(2, 2));
        Elect(core);

        Reply(core, _b, index: 2);
        var before = core.Commit;
        Reply(core, _b, index: 3);

        Assert.Equal((0UL, 3UL), (before, core.Commit));
    }

    [Fact]
    public void A_leader_counts_itself_only_for_what_is_on_its_disk()
    {
        var core = Make(default);
        Elect(core);
        core.Flush(_now);
        var request = core.TakePersist()!;

        Reply(core, _b, index: 1, persist: false);
        var before = core.Commit;
        core.Persisted(_now, request);

        Assert.Equal((0UL, 1UL), (before, core.Commit));
    }

    [Fact]
    public void Two_followers_commit_what_the_leaders_own_disk_has_not_got_yet()
    {
        var core = Make(default);
        Elect(core);

        Reply(core, _b, index: 1, persist: false);
        Reply(core, _c, index: 1, persist: false);

        Assert.Equal(1UL, core.Commit);
    }

    [Fact]
    public void A_vote_is_on_disk_before_it_is_given_and_is_given_once_in_a_term()
    {
        var core = Make(default);

        core.Receive(_now, _b, new RaftMessage(MessageKind.Vote, 1));
        var sentAtOnce = core.TryTakeMessage(out _);
        var request = core.TakePersist()!;
        core.Receive(_now, _c, new RaftMessage(MessageKind.Vote, 1));

        Assert.False(sentAtOnce);
        Assert.Equal(new HardState(1, _b), request.Hard);
        Assert.False(Assert.Single(request.Then).Message.Refused);
        Assert.True(Assert.Single(core.TakePersist()!.Then).Message.Refused);
    }

    [Fact]
    public void A_vote_is_refused_to_a_log_that_lacks_entries()
    {
        var core = Make(new HardState(2, default), Entry(1, 1), Entry(2, 2));

        core.Receive(_now, _b, new RaftMessage(MessageKind.Vote, 3) { Index = 5, LogTerm = 1 });
        Persist(core, out var then);

        Assert.True(Assert.Single(then).Message.Refused);
    }

    [Fact]
    public void A_candidate_asks_for_votes_only_after_its_term_is_on_disk()
    {
        var core = Make(default);
        core.Campaign(_now);
        core.Receive(_now, _b, new RaftMessage(MessageKind.PreVoteReply, 1));
        Drain(core);

        var request = core.TakePersist()!;

        Assert.Equal(new HardState(1, _a), request.Hard);
        Assert.All(request.Then, outbound => Assert.Equal(MessageKind.Vote, outbound.Message.Kind));
    }

    [Fact]
    public void A_follower_confirms_entries_only_after_they_are_on_disk()
    {
        var core = Make(default);

        core.Receive(_now, _b, new RaftMessage(MessageKind.Append, 1) { Entries = [Entry(1, 1)] });

        Assert.False(core.TryTakeMessage(out _));
        var request = core.TakePersist()!;
        Assert.Equal(1UL, Assert.Single(request.Entries).Index);
        Assert.Equal(1UL, Assert.Single(request.Then).Message.Index);
    }

    [Fact]
    public void A_pre_vote_is_refused_while_a_leader_is_heard_and_changes_no_term()
    {
        var core = Make(default);
        core.Receive(_now, _b, new RaftMessage(MessageKind.Heartbeat, 1));
        Persist(core, out _);
        Drain(core);

        core.Receive(_now, _c, new RaftMessage(MessageKind.PreVote, 7));

        Assert.True(core.TryTakeMessage(out var answer));
        Assert.Equal((true, 1UL, 1UL), (answer.Message.Refused, answer.Message.Term, core.Term));
    }

    [Fact]
    public void No_change_of_voters_before_an_entry_of_the_leaders_term_is_committed()
    {
        var core = Make(default);
        Elect(core);

        var before = core.TryChange(_three.Without(_c), out _);
        Reply(core, _b, index: 1);
        var after = core.TryChange(_three.Without(_c), out _);
        var second = core.TryChange(new Configuration([_a]), out _);

        Assert.Equal((false, true, false), (before, after, second));
    }

    [Fact]
    public void More_than_one_voter_is_never_changed_at_once()
    {
        var core = Make(default);
        Elect(core);
        Reply(core, _b, index: 1);

        Assert.False(core.TryChange(new Configuration([_a, MemberId.Parse("d")]), out _));
    }

    [Fact]
    public void A_replica_campaigns_although_it_is_removed_until_that_is_decided()
    {
        // Its entry may be nowhere else, and a log without it elects nobody.
        var core = Make(new HardState(1, default), Entry(1, 1) with { Kind = EntryKind.Configuration, Data = _three.Without(_a).Encode() });

        core.Campaign(_now);
        var undecided = Drain(core);
        core.Receive(_now, _b, new RaftMessage(MessageKind.Heartbeat, 1) { Commit = 1 });
        Drain(core);
        core.Campaign(_now);

        Assert.Equal([(_b, MessageKind.PreVote), (_c, MessageKind.PreVote)], undecided.Select(outbound => (outbound.To, outbound.Message.Kind)));
        Assert.Empty(Drain(core));
    }

    [Fact]
    public void A_read_that_waits_for_a_voter_is_confirmed_when_only_the_leader_is_left()
    {
        var core = Make(default);
        Elect(core);
        Reply(core, _b, index: 1);
        core.TryChange(_three.Without(_c), out _);
        Reply(core, _b, index: 2);
        core.TryRead(9);
        core.Flush(_now);

        var early = core.TryTakeRead(out _);
        core.TryChange(new Configuration([_a]), out _);

        Assert.False(early);
        Assert.True(core.TryTakeRead(out var read));
        Assert.True(read.IsConfirmed);
    }

    [Fact]
    public void A_read_waits_for_a_majority_that_confirms_after_it_was_asked()
    {
        var core = Make(default);
        Elect(core);
        Reply(core, _b, index: 1);
        core.Receive(_now, _b, new RaftMessage(MessageKind.HeartbeatReply, core.Term));

        Assert.True(core.TryRead(9));
        core.Flush(_now);
        var early = core.TryTakeRead(out _);
        core.Receive(_now, _b, new RaftMessage(MessageKind.HeartbeatReply, core.Term) { Round = 1 });

        Assert.False(early);
        Assert.True(core.TryTakeRead(out var read));
        Assert.Equal(new ReadOutcome(9, 1, IsConfirmed: true), read);
    }

    [Fact]
    public void A_leader_that_no_majority_answers_steps_down_and_fails_its_reads()
    {
        var core = Make(default);
        Elect(core);
        Reply(core, _b, index: 1);
        core.TryRead(9);

        for (var period = 0; period < 3; period++)
        {
            _now += new RaftSettings().Election;
            core.Advance(_now);
        }

        Assert.Equal(RaftRole.Follower, core.Role);
        Assert.True(core.TryTakeRead(out var read));
        Assert.False(read.IsConfirmed);
    }

    [Fact]
    public void A_conflict_is_found_term_by_term_not_entry_by_entry()
    {
        var leader = Make(new HardState(5, default), [.. Enumerable.Range(1, 50).Select(index => Entry(index <= 3 ? 1UL : 5UL, (ulong)index))]);
        var follower = Make(new HardState(4, default), [.. Enumerable.Range(1, 40).Select(index => Entry(index <= 3 ? 1UL : 4UL, (ulong)index))]);
        Elect(leader);
        leader.Flush(_now);
        var exchanges = 0;

        for (; follower.Last != leader.Last && exchanges < 20; exchanges++)
        {
            foreach (var message in Drain(leader).Where(outbound => outbound.To == _b))
            {
                follower.Receive(_now, _a, message.Message);
            }

            Persist(follower, out var then);
            foreach (var answer in Drain(follower).Concat(then))
            {
                leader.Receive(_now, _b, answer.Message);
            }

            leader.Flush(_now);
        }

        Assert.Equal((51UL, 6UL), (follower.Last, follower.TermAt(51)));
        Assert.InRange(exchanges, 1, 5);
    }

    [Fact]
    public void A_follower_that_needs_what_is_no_longer_in_the_log_is_offered_a_snapshot_and_again_when_it_failed()
    {
        var core = Make(default);
        Elect(core);
        core.TryPropose(new byte[1], out _);
        Reply(core, _b, index: 2);
        core.TakeCommitted();
        core.Compact(2, kept: 0);

        core.Receive(_now, _c, new RaftMessage(MessageKind.AppendReply, core.Term) { Refused = true });
        core.Flush(_now);
        var first = Drain(core);
        core.Flush(_now);
        var second = Drain(core);
        core.SnapshotFailed(_c);
        core.Flush(_now);

        Assert.Equal((_c, MessageKind.Snapshot, 2UL), (Assert.Single(first).To, first[0].Message.Kind, first[0].Message.Index));
        Assert.Empty(second);
        Assert.Equal(MessageKind.Snapshot, Assert.Single(Drain(core)).Message.Kind);
    }

    [Fact]
    public void Repeated_and_late_answers_do_not_take_back_what_is_known()
    {
        var core = Make(default);
        Elect(core);
        core.TryPropose(new byte[1], out _);
        Reply(core, _b, index: 2);

        core.Receive(_now, _b, new RaftMessage(MessageKind.AppendReply, core.Term) { Index = 1 });
        core.Receive(_now, _b, new RaftMessage(MessageKind.AppendReply, core.Term) { Refused = true, Index = 1 });
        core.Receive(_now, _b, new RaftMessage(MessageKind.AppendReply, core.Term) { Index = 99 });

        Assert.Equal((2UL, 2UL), (core.Commit, core.MatchOf(_b)));
    }

    private static LogEntry Entry(ulong term, ulong index) => new(term, index, EntryKind.Command, new byte[] { (byte)term, (byte)index });

    private static List<Outbound> Drain(RaftCore core)
    {
        var messages = new List<Outbound>();
        while (core.TryTakeMessage(out var message))
        {
            messages.Add(message);
        }

        return messages;
    }

    private RaftCore Make(HardState hard, params LogEntry[] entries)
        => new(entries.Length is 40 ? _b : _a, new RaftSettings(), hard, new RaftLog(new SnapshotPoint(0, 0, _three), entries), new SeededRandom(1), _now);

    private void Persist(RaftCore core, out IReadOnlyList<Outbound> then)
    {
        var messages = new List<Outbound>();
        while (core.TakePersist() is { } request)
        {
            core.Persisted(_now, request);
            messages.AddRange(request.Then);
        }

        then = messages;
    }

    private void Elect(RaftCore core)
    {
        core.Campaign(_now);
        core.Receive(_now, _b, new RaftMessage(MessageKind.PreVoteReply, core.Term + 1));
        Persist(core, out _);
        core.Receive(_now, _b, new RaftMessage(MessageKind.VoteReply, core.Term));
        Drain(core);
    }

    private void Reply(RaftCore core, MemberId from, ulong index, bool persist = true)
    {
        core.Flush(_now);
        if (persist)
        {
            Persist(core, out _);
        }

        Drain(core);
        core.Receive(_now, from, new RaftMessage(MessageKind.AppendReply, core.Term) { Index = index });
    }
}
