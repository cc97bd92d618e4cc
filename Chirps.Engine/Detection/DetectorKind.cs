namespace Chirps.Engine.Detection;

/// <summary>Who decides that a member should be suspected. Suspicion, refutation, death and events are the same for both.</summary>
public enum DetectorKind
{
    /// <summary>Probes with helpers (SWIM, Lifeguard): a constant cost for each node.</summary>
    Swim,

    /// <summary>Accrual on heartbeats that all nodes pass on (chitchat): adapts to the network by itself, costs grow with the members.</summary>
    Phi,
}
