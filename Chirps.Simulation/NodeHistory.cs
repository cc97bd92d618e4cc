using Chirps.Engine.Membership;

namespace Chirps.Simulation;

/// <summary>What the invariants remember of one process between its steps.</summary>
internal sealed class NodeHistory
{
    /// <summary>The newest fact seen of each member.</summary>
    public Dictionary<MemberId, FactKey> Keys { get; } = [];

    /// <summary>The version of the last change.</summary>
    public ulong Version { get; set; }

    /// <summary>The engine's count of table changes at the last full check.</summary>
    public long CheckedAt { get; set; }

    /// <summary>Steps since the last full check.</summary>
    public int StepsSinceCheck { get; set; }

    /// <summary>Begins anew with a new process.</summary>
    public void Reset()
    {
        Keys.Clear();
        Version = 0;
        CheckedAt = -1;
        StepsSinceCheck = 0;
    }
}
