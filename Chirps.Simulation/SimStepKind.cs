namespace Chirps.Simulation;

/// <summary>What kind of thing happens.</summary>
internal enum SimStepKind
{
    /// <summary>A datagram arrives.</summary>
    Deliver,

    /// <summary>A node's next deadline comes.</summary>
    Wake,

    /// <summary>The script acts.</summary>
    Script,
}
