using Chirps.Engine.Time;
using RaftKv.Core;

namespace Chirps.Tests.Raft;

/// <content>Rules that only rare schedules break: late messages, and logs of former leaders.</content>
public sealed partial class RaftCoreTests
{
    [Fact]
    public void A_follower_commits_and_confirms_no_more_than_an_Append_has_reached()
    {
        // Entry 3 is of a former leader, and may be another than the one that is committed.
        var core = Make(new HardState(2, default), Entry(1, 1), Entry(1, 2), Entry(1, 3));

        core.Receive(_now, _b, new RaftMessage(MessageKind.Append, 2) { Index = 1, LogTerm = 1, Entries = [Entry(1, 2)], Commit = 3 });
        Persist(core, out var then);

        Assert.Equal((2UL, 2UL), (core.Commit, Assert.Single(then).Message.Index));
    }

    [Fact]
    public void An_answer_of_an_earlier_term_counts_for_nothing()
    {
        var core = Make(new HardState(4, default));
        Elect(core);
        core.Flush(_now);
        Persist(core, out _);

        core.Receive(_now, _b, new RaftMessage(MessageKind.AppendReply, 4) { Index = 1 });
        var commit = core.Commit;
        Reply(core, _b, index: 1);
        core.TryRead(9);
        core.Flush(_now);
        core.Receive(_now, _b, new RaftMessage(MessageKind.HeartbeatReply, 4) { Round = 99 });

        Assert.Equal(0UL, commit);
        Assert.False(core.TryTakeRead(out _));
    }

    [Fact]
    public void The_only_voter_leads_once_its_vote_is_on_disk()
    {
        var core = new RaftCore(_a, new RaftSettings(), default, new RaftLog(new SnapshotPoint(0, 0, new Configuration([_a])), []), new SeededRandom(1), _now);

        core.Campaign(_now);
        var before = core.Role;
        Persist(core, out _);

        Assert.Equal((RaftRole.Candidate, RaftRole.Leader), (before, core.Role));
    }

    [Fact]
    public void A_vote_of_an_earlier_term_elects_nobody()
    {
        var core = Make(new HardState(4, default));
        core.Campaign(_now);
        core.Receive(_now, _b, new RaftMessage(MessageKind.PreVoteReply, 5));
        Persist(core, out _);

        core.Receive(_now, _b, new RaftMessage(MessageKind.VoteReply, 4));

        Assert.Equal(RaftRole.Candidate, core.Role);
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 2)]
    public void A_snapshot_keeps_the_entries_behind_it_only_if_they_follow_from_it(ulong term, ulong last)
    {
        var core = Make(new HardState(2, default), Entry(1, 1), Entry(1, 2), Entry(1, 3));

        core.Receive(_now, _b, new RaftMessage(MessageKind.Snapshot, 2) { Index = 2, LogTerm = term, Configuration = _three });

        Assert.Equal((2UL, last), (core.Commit, core.Last));
    }

    [Fact]
    public void A_snapshot_holds_the_voters_as_of_its_index()
    {
        var core = Make(default);
        Elect(core);
        Reply(core, _b, index: 1);
        core.TakeCommitted();
        core.TryChange(_three.Without(_c), out _);

        core.Compact(1, kept: 0);

        Assert.Equal(_three.Voters, core.Snapshot.Configuration.Voters);
    }
}
