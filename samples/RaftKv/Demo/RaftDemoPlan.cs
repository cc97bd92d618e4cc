namespace RaftKv.Demo;

/// <summary>How much is done.</summary>
internal sealed record RaftDemoPlan
{
    /// <summary>Clients that write and read all the time.</summary>
    public int Clients { get; init; } = 6;

    /// <summary>Keys that they share.</summary>
    public int Keys { get; init; } = 16;

    /// <summary>How many changes are to be acknowledged in each part.</summary>
    public int ChangesPerPart { get; init; } = 1000;

    /// <summary>How long any step may take.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>What came of it.</summary>
/// <param name="Commits">Entries decided, of all groups.</param>
/// <param name="Failovers">Leaders that took over from another, of all groups.</param>
/// <param name="Unavailable">The longest that one call of a client took, repetitions included.</param>
/// <param name="CaughtUp">From the start of the late process until it had everything.</param>
/// <param name="Operations">Calls in the history.</param>
/// <param name="Lost">Acknowledged writes that could not be read any more.</param>
/// <param name="Verdict">What the check of the history says.</param>
internal sealed record RaftDemoResult(ulong Commits, ulong Failovers, TimeSpan Unavailable, TimeSpan CaughtUp, int Operations, int Lost, Checking.HistoryVerdict Verdict)
{
    /// <summary>Whether nothing was lost, and the history is that of one store.</summary>
    public bool IsGood => Lost == 0 && Verdict == Checking.HistoryVerdict.Linearizable;

    public override string ToString()
        => $"{Commits} commits, {Failovers} failovers, longest unavailability {Unavailable.TotalMilliseconds:F0} ms, caught up by snapshot in {CaughtUp.TotalMilliseconds:F0} ms, "
            + $"{Operations} operations {(Verdict == Checking.HistoryVerdict.Linearizable ? "linearizable" : Verdict.ToString())}, {Lost} acknowledged writes lost";
}
