namespace Chirps.Iggy.Durable;

/// <summary>A channel as the server has it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Messages">Messages kept.</param>
/// <param name="SizeBytes">What they take at the server.</param>
/// <param name="Partitions">Its partitions, by number.</param>
public sealed record ChannelReport(string Name, ulong Messages, ulong SizeBytes, IReadOnlyList<PartitionReport> Partitions);

/// <summary>A partition of a channel.</summary>
/// <param name="Partition">Its number, from 0.</param>
/// <param name="FirstOffset">Offset of the oldest message kept; <paramref name="NextOffset"/> when there is none.</param>
/// <param name="NextOffset">Offset the next message gets.</param>
/// <param name="Messages">Messages kept.</param>
/// <param name="SizeBytes">What they take at the server.</param>
public sealed record PartitionReport(int Partition, ulong FirstOffset, ulong NextOffset, ulong Messages, ulong SizeBytes);
