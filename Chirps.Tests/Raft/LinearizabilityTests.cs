using Chirps.Engine.Time;
using RaftKv.Checking;

namespace Chirps.Tests.Raft;

public sealed class LinearizabilityTests
{
    [Fact]
    public void Calls_one_after_the_other_that_a_store_would_answer_so_are_linearizable()
        => Assert.Equal(HistoryVerdict.Linearizable, Check(Write("1", 0, 1), Read("1", 2, 3), Swap("1", "2", "done", 4, 5), Read("2", 6, 7), Swap("1", "3", "unequal", 8, 9), Read("2", 10, 11)));

    [Fact]
    public void A_read_that_misses_an_acknowledged_write_is_a_violation()
        => Assert.Equal(HistoryVerdict.Violated, Check(Write("1", 0, 1), Read("", 2, 3)));

    [Fact]
    public void A_read_of_a_value_that_was_overwritten_is_a_violation()
        => Assert.Equal(HistoryVerdict.Violated, Check(Write("1", 0, 1), Write("2", 2, 3), Read("1", 4, 5)));

    [Fact]
    public void A_value_that_comes_and_goes_again_is_a_violation()
        => Assert.Equal(HistoryVerdict.Violated, Check(Write("1", 0, 1), Write("2", 2, 20), Read("2", 4, 5), Read("1", 6, 7)));

    [Fact]
    public void A_write_that_was_applied_twice_is_a_violation()
        => Assert.Equal(HistoryVerdict.Violated, Check(Write("1", 0, 1), Write("2", 2, 3), Read("2", 4, 5), Read("1", 6, 7), Read("2", 8, 9)));

    [Fact]
    public void Two_swaps_of_one_value_cannot_both_succeed()
        => Assert.Equal(HistoryVerdict.Violated, Check(Write("1", 0, 1), Swap("1", "2", "done", 2, 9), Swap("1", "3", "done", 3, 8)));

    [Fact]
    public void Calls_at_the_same_time_may_be_in_either_order()
        => Assert.Equal(HistoryVerdict.Linearizable, Check(Write("1", 0, 10), Write("2", 0, 10), Read("2", 1, 3), Read("1", 4, 9)));

    [Fact]
    public void A_call_without_an_answer_may_have_happened_or_not()
    {
        Assert.Equal(HistoryVerdict.Linearizable, Check(Write("1", 0, 1), Write("2", 2, null), Read("1", 3, 4), Read("1", 5, 6)));
        Assert.Equal(HistoryVerdict.Linearizable, Check(Write("1", 0, 1), Write("2", 2, null), Read("1", 3, 4), Read("2", 5, 6)));
        Assert.Equal(HistoryVerdict.Violated, Check(Write("1", 0, 1), Write("2", 2, null), Read("2", 3, 4), Read("1", 5, 6)));
    }

    [Fact]
    public void The_key_of_the_violation_is_named()
    {
        Linearizability.Check([Write("1", 0, 1) with { Key = "good" }, Write("1", 0, 1) with { Key = "bad" }, Read("", 2, 3) with { Key = "bad" }], out var key);

        Assert.Equal("bad", key);
    }

    [Fact]
    public void A_search_beyond_the_limit_is_undecided_and_never_called_good()
    {
        // Nothing read fits, and every order of the writes must be tried.
        var history = Enumerable.Range(0, 12).Select(number => Write($"{number}", 0, 100)).Append(Read("none", 0, 100));

        Assert.Equal(HistoryVerdict.Undecided, Linearizability.Check(history, out _, stepsMax: 50));
    }

    [Fact]
    public void Histories_of_a_real_register_pass_and_one_planted_stale_read_is_found()
    {
        for (var seed = 1UL; seed <= 50; seed++)
        {
            var history = RegisterHistory(new SeededRandom(seed));
            var last = history.Where(one => one.Kind == RecordedKind.Write).MaxBy(one => one.Returned)!;
            var first = history.First(one => one.Kind == RecordedKind.Write);

            Assert.Equal(HistoryVerdict.Linearizable, Linearizability.Check(history, out _));
            Assert.Equal(HistoryVerdict.Violated, Linearizability.Check([.. history, Read(first.Input, last.Returned + 100, last.Returned + 101)], out _));
        }
    }

    /// <summary>Five clients and one register: each call takes effect at a moment between its beginning and its end.</summary>
    private static List<RecordedOperation> RegisterHistory(SeededRandom random)
    {
        var calls = new List<(long Invoked, long Effect, long Returned, bool IsWrite)>();
        for (var client = 0; client < 5; client++)
        {
            for (var time = (long)random.Next(10); time < 600;)
            {
                var (effect, returned) = (time + 1 + random.Next(20), time + 22 + random.Next(20));
                calls.Add((time, effect, returned, random.Next(2) == 0));
                time = returned + 1 + random.Next(10);
            }
        }

        var (value, number) = ("", 0);
        var history = new List<RecordedOperation>();
        foreach (var call in calls.OrderBy(call => call.Effect))
        {
            value = call.IsWrite ? $"{++number}" : value;
            history.Add(call.IsWrite ? Write(value, call.Invoked, call.Returned) : Read(value, call.Invoked, call.Returned));
        }

        return history;
    }

    private static HistoryVerdict Check(params RecordedOperation[] history) => Linearizability.Check(history, out _);

    private static RecordedOperation Write(string value, long invoked, long? returned) => new("key", RecordedKind.Write, value, "", returned is null ? null : "done", invoked, returned ?? long.MaxValue);

    private static RecordedOperation Read(string value, long invoked, long returned) => new("key", RecordedKind.Read, "", "", value, invoked, returned);

    private static RecordedOperation Swap(string expected, string value, string output, long invoked, long returned) => new("key", RecordedKind.Swap, value, expected, output, invoked, returned);
}
