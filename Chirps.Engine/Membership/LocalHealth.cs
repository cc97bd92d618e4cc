namespace Chirps.Engine.Membership;

/// <summary>Lifeguard's local health multiplier: how much this node distrusts its own view of the others.</summary>
/// <remarks>
/// Lifeguard paper, "self-awareness"; the bookkeeping is memberlist's. Zero is healthy. A node that gets no answers may itself
/// be the slow one: it then probes more slowly and waits longer.
/// </remarks>
/// <param name="saturation">S: the score stays in [0, S-1].</param>
internal sealed class LocalHealth(int saturation)
{
    private int _doubt;

    /// <summary>The score, 0 to S-1.</summary>
    public int Score { get; private set; }

    /// <summary>
    /// Whether there is fresh evidence against this node itself: helpers that did not even nack, a rumour it had to refute, a late
    /// timer. A member that does not answer while nobody could be asked is no such evidence.
    /// </summary>
    public bool DoubtsItself => _doubt > 0;

    /// <summary>A duration stretched by the present health: times score + 1.</summary>
    public TimeSpan Scale(TimeSpan duration) => duration * (Score + 1);

    /// <summary>A probe was answered, directly or through another.</summary>
    public void ProbeSucceeded()
    {
        Add(-1);
        Doubt(-1);
    }

    /// <summary>A probe was not answered.</summary>
    /// <param name="nacksExpected">How many members had been asked to probe too.</param>
    /// <param name="nacksReceived">How many of them said they got no answer either: each proves that this node does hear.</param>
    public void ProbeFailed(int nacksExpected, int nacksReceived)
    {
        Add(nacksExpected == 0 ? 1 : nacksExpected - nacksReceived);
        Doubt(nacksExpected - nacksReceived);
    }

    /// <summary>This node had to refute a rumour about itself, so others did not hear it in time.</summary>
    public void Refuted()
    {
        Add(1);
        Doubt(1);
    }

    /// <summary>The process itself was slow: a late timer, a pause, a starved thread pool (Orleans counts the same).</summary>
    /// <param name="points">How badly.</param>
    public void RuntimeSlow(int points)
    {
        Add(points);
        Doubt(points);
    }

    private void Doubt(int change) => _doubt = Math.Clamp(_doubt + change, 0, saturation - 1);

    private void Add(int change) => Score = Math.Clamp(Score + change, 0, saturation - 1);
}
