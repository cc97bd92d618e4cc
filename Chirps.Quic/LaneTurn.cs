namespace Chirps.Quic;

/// <summary>What the next piece of a packet is taken from.</summary>
internal enum LaneTurn
{
    /// <summary>The stream at hand, or nothing of the application when there is none.</summary>
    Stream,

    /// <summary>The queue of probe datagrams.</summary>
    Probe,

    /// <summary>The queue of data datagrams.</summary>
    Data,
}
