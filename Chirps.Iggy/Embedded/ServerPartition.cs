using Chirps.Iggy.Embedded.Log;
using Chirps.Iggy.Protocol.Records;

namespace Chirps.Iggy.Embedded;

/// <summary>A partition that is open.</summary>
internal sealed record ServerPartition(uint Id, PartitionLog Log)
{
    /// <summary>Offset of the newest message; 0 also when there never was one.</summary>
    public ulong CurrentOffset => Log.NextOffset == 0 ? 0 : Log.NextOffset - 1;

    public ulong Messages => Log.NextOffset - Log.StartOffset;

    public PartitionInfo Describe(ulong created) => new(Id, created, (uint)Log.SegmentCount, CurrentOffset, (ulong)Log.SizeBytes, Messages);
}
