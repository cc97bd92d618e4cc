namespace RaftKv.Checking;

/// <summary>What the check of a history says.</summary>
internal enum HistoryVerdict : byte
{
    /// <summary>There is an order of the operations, true to their times, that one copy of the store would have answered the same.</summary>
    Linearizable,

    /// <summary>There is none.</summary>
    Violated,

    /// <summary>The limit of steps was reached before an answer was found.</summary>
    Undecided,
}

/// <summary>
/// Whether a history of calls could be that of one store that does one call after the other (Herlihy and Wing, "Linearizability", 1990). The search is
/// that of Wing and Gong, "Testing and Verifying Concurrent Objects", 1993, with Lowe's memory of configurations already seen, "Testing for
/// Linearizability", 2017. Keys are independent objects, and linearizability is local: each is checked by itself.
/// </summary>
internal static class Linearizability
{
    /// <summary>Steps of the search for one key, after which it gives up.</summary>
    public const int StepsMax = 2_000_000;

    /// <summary>Checks a history.</summary>
    /// <param name="history">In any order.</param>
    /// <param name="key">The key that is violated or undecided; empty for none.</param>
    /// <param name="stepsMax">The limit for each key.</param>
    public static HistoryVerdict Check(IEnumerable<RecordedOperation> history, out string key, int stepsMax = StepsMax)
    {
        var worst = HistoryVerdict.Linearizable;
        key = "";
        foreach (var operations in history.GroupBy(operation => operation.Key).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var verdict = CheckKey([.. operations.Where(operation => operation.Output is not null || operation.Kind != RecordedKind.Read)], stepsMax);
            if (verdict == HistoryVerdict.Linearizable || (verdict == HistoryVerdict.Undecided && worst != HistoryVerdict.Linearizable))
            {
                continue;
            }

            (worst, key) = (verdict, operations.Key);
            if (verdict == HistoryVerdict.Violated)
            {
                break;
            }
        }

        return worst;
    }

    /// <summary>What one store answers, and holds afterwards.</summary>
    private static (bool IsAllowed, string After) Step(RecordedOperation operation, string value) => operation.Kind switch
    {
        RecordedKind.Read => (operation.Output == value, value),
        RecordedKind.Write => (true, operation.Input),
        _ when value == operation.Expected => (operation.Output is null or "done", operation.Input),
        _ => (operation.Output is null or "unequal", value),
    };

    private static HistoryVerdict CheckKey(RecordedOperation[] operations, int stepsMax)
    {
        var events = new EventList(operations);
        var done = new ulong[(operations.Length + 63) / 64];
        var seen = new HashSet<Configuration>();
        var path = new Stack<(EventList.Node Call, string Before)>();
        var answered = operations.Count(operation => operation.Output is not null);
        var value = "";
        var at = events.First;
        for (var steps = 0; answered > 0; steps++)
        {
            if (steps == stepsMax)
            {
                return HistoryVerdict.Undecided;
            }

            if (at is { IsCall: true })
            {
                var (isAllowed, after) = Step(at.Operation, value);
                if (isAllowed && TryEnter(done, at.Number, after, seen))
                {
                    path.Push((at, value));
                    value = after;
                    answered -= at.Operation.Output is null ? 0 : 1;
                    at.Lift();
                    at = events.First;
                }
                else
                {
                    at = at.Next;
                }

                continue;
            }

            // An answer that comes before its call was placed, or the end: the last choice was wrong.
            if (!path.TryPop(out var last))
            {
                return HistoryVerdict.Violated;
            }

            value = last.Before;
            answered += last.Call.Operation.Output is null ? 0 : 1;
            done[last.Call.Number / 64] &= ~(1UL << (last.Call.Number % 64));
            last.Call.Restore();
            at = last.Call.Next;
        }

        return HistoryVerdict.Linearizable;
    }

    /// <summary>Marks a call as placed, unless the same calls led to the same value before.</summary>
    private static bool TryEnter(ulong[] done, int number, string value, HashSet<Configuration> seen)
    {
        done[number / 64] |= 1UL << (number % 64);
        if (seen.Add(new Configuration([.. done], value)))
        {
            return true;
        }

        done[number / 64] &= ~(1UL << (number % 64));
        return false;
    }

    /// <summary>Which calls are placed, and what the store holds then.</summary>
    private sealed class Configuration(ulong[] done, string value) : IEquatable<Configuration>
    {
        public bool Equals(Configuration? other) => other is not null && value == other.Value && done.AsSpan().SequenceEqual(other.Done);

        public override bool Equals(object? obj) => Equals(obj as Configuration);

        public override int GetHashCode()
        {
            var hash = default(HashCode);
            hash.Add(value);
            Array.ForEach(done, hash.Add);
            return hash.ToHashCode();
        }

        private ulong[] Done => done;

        private string Value => value;
    }
}
