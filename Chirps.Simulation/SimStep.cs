namespace Chirps.Simulation;

/// <summary>One thing that happens in the world.</summary>
/// <param name="Kind">What kind.</param>
/// <param name="From">The sending node.</param>
/// <param name="To">The node it happens to.</param>
/// <param name="Process">Which process of the node (datagram) or which arming of its deadline (wake): a later one makes the step void.</param>
/// <param name="Bytes">The datagram, in a pooled buffer.</param>
/// <param name="Length">Bytes of the datagram.</param>
/// <param name="Action">The script's action.</param>
internal readonly record struct SimStep(SimStepKind Kind, int From, int To, int Process, byte[]? Bytes, int Length, Action? Action)
{
    /// <summary>When it happens, in nanoseconds.</summary>
    public long At { get; init; }
}
