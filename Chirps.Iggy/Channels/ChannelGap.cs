namespace Chirps.Iggy.Channels;

/// <summary>Messages that are not retained any more.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Wanted">The offset that was to come next.</param>
/// <param name="First">The first offset retained, where reading goes on.</param>
/// <param name="End">The offset behind the newest message.</param>
public readonly record struct ChannelGap(int Partition, ulong Wanted, ulong First, ulong End);
