using Chirps.Iggy.Backend;

namespace Chirps.Iggy.Channels;

/// <summary>What a reader meets in a channel: a message, or a gap.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">The offset of the message.</param>
/// <param name="StoredAt">When it was stored, by the server's clock.</param>
/// <param name="Header">What Chirps knows of it; the default value when another program stored it.</param>
/// <param name="Payload">Its bytes.</param>
/// <param name="Positions">The offset that comes next in each partition, after this. Not to be changed.</param>
/// <param name="Gap">Set when this is no message.</param>
/// <param name="Dead">Set when this is a dead letter.</param>
public sealed record ChannelItem(int Partition, ulong Offset, DateTimeOffset StoredAt, DurableHeader Header, byte[] Payload, ulong[] Positions, ChannelGap? Gap = null, DeadLetterHeaders? Dead = null);
