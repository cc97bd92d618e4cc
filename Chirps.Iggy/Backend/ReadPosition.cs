namespace Chirps.Iggy.Backend;

/// <summary>How far this node has read one partition of a channel.</summary>
/// <param name="channel">The channel.</param>
/// <param name="partition">The partition.</param>
internal sealed class ReadPosition(string channel, uint partition)
{
    public string Channel { get; } = channel;

    public uint Partition { get; } = partition;

    /// <summary>The offset of the next message to hand over.</summary>
    public ulong Next { get; set; }

    /// <summary>The next offset as the server has it stored.</summary>
    public ulong Stored { get; set; }

    /// <summary>Messages behind <see cref="Next"/> when the server was last asked.</summary>
    public long Lag { get; set; }
}
