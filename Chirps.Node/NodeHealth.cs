namespace Chirps.Node;

/// <summary>Whether a node works, and whether it can serve.</summary>
/// <param name="IsAlive">Whether the membership loop keeps its time; a node that does not is to be started again.</param>
/// <param name="LoopLag">By how much the loop is late at this moment.</param>
/// <param name="Checks">What readiness asks, each with its answer.</param>
public sealed record NodeHealth(bool IsAlive, TimeSpan LoopLag, IReadOnlyList<HealthCheck> Checks)
{
    /// <summary>Whether every check is good.</summary>
    public bool IsReady => Checks.All(check => check.IsGood);
}

/// <summary>One question of readiness.</summary>
/// <param name="Name">What is asked: <c>loop</c>, <c>joined</c>, <c>transport</c>, <c>membership</c>, or the name of a storing backend.</param>
/// <param name="IsGood">The answer.</param>
/// <param name="Text">The answer in words, for a person; one line.</param>
public sealed record HealthCheck(string Name, bool IsGood, string Text);
