namespace Chirps.Engine.Membership;

/// <summary>
/// How much this node doubts itself (Lifeguard, section IV-A): 0 is healthy; every step makes its probes rarer and
/// more patient, because a slow node sees everybody else as slow.
/// </summary>
internal sealed class LocalHealth(int exclusiveMax)
{
    public int Multiplier { get; private set; }

    public void ProbeSucceeded() => Add(-1);

    /// <summary>A probe failed. Helpers that say that they have no answer either speak for this node; silent ones against it.</summary>
    public void ProbeFailed(int nacksExpected, int nacksReceived) => Add(nacksExpected == 0 ? 1 : Math.Max(0, nacksExpected - nacksReceived));

    public void Refuted() => Add(1);

    /// <summary>The protocol's own timer came late: the process was asleep or starved.</summary>
    public void TimerLate() => Add(1);

    private void Add(int step) => Multiplier = Math.Clamp(Multiplier + step, 0, exclusiveMax - 1);
}
