namespace Chirps;

/// <summary>The lanes between two nodes, for <see cref="SendOptions.Lane"/>.</summary>
public static class MessageLane
{
    /// <summary>Small messages that others wait for, consensus for example: goes before everything else on the connection.</summary>
    public const int Urgent = 0;

    /// <summary>Large transfers, snapshots for example: takes what the data lanes leave, and at least a fifth.</summary>
    public const int Bulk = 1;

    /// <summary>The first data lane. There are <c>Backends:Quic:DataLanes</c> of them; messages without a lane go to one by their topic.</summary>
    public const int FirstData = 2;
}
