using Chirps.Iggy.Backend;

namespace Chirps.Iggy.Durable;

/// <summary>What a replay meets: a message, or a gap.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Offset">The offset of the message; behind a gap the first one retained.</param>
/// <param name="StoredAt">When it was stored, by the server's clock.</param>
/// <param name="Header">What Chirps knows of it; <see langword="null"/> when another program stored it.</param>
/// <param name="Payload">Its bytes; belong to the reader.</param>
/// <param name="Gap">Set when this is no message.</param>
public sealed record ReplayItem(int Partition, ulong Offset, DateTimeOffset StoredAt, DurableHeader? Header, byte[] Payload, ReplayGap? Gap = null);

/// <summary>Messages that were asked for and are not there any more. Retained are those from <paramref name="First"/> to below <paramref name="Next"/>; the replay goes on with them.</summary>
/// <param name="Wanted">The offset that was to come.</param>
/// <param name="First">The first offset retained.</param>
/// <param name="Next">The offset behind the newest message.</param>
public sealed record ReplayGap(ulong Wanted, ulong First, ulong Next);
