namespace Chirps.Quic;

/// <summary>Something a <see cref="LaneScheduler"/> puts in order. It is in one scheduler at most.</summary>
internal abstract class LaneMember
{
    /// <summary>Value of <see cref="ReadyLevel"/> while there is nothing to send.</summary>
    public const int NotReady = -1;

    /// <summary>The level it waits in.</summary>
    public int ReadyLevel { get; set; } = NotReady;

    /// <summary>Links of the level's ring.</summary>
    public LaneMember? NextReady { get; set; }

    /// <inheritdoc cref="NextReady"/>
    public LaneMember? PreviousReady { get; set; }
}
