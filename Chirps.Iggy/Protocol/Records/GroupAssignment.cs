using System.Diagnostics.CodeAnalysis;

namespace Chirps.Iggy.Protocol.Records;

/// <summary>What a member of a consumer group may poll (VSR).</summary>
/// <param name="Generation">Grows whenever the group is dealt anew.</param>
/// <param name="Partitions">The partitions owned.</param>
internal sealed record GroupAssignment(ulong Generation, IReadOnlyList<uint> Partitions)
{
    public void Write(WireBuffer buffer)
    {
        buffer.WriteUInt64(Generation);
        PartitionList.Write(buffer, Partitions);
    }

    public static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out GroupAssignment? assignment)
    {
        assignment = null;
        if (!reader.TryReadUInt64(out var generation) || !PartitionList.TryRead(ref reader, out var partitions))
        {
            return false;
        }

        assignment = new GroupAssignment(generation, partitions);
        return true;
    }
}
