using System.Diagnostics.CodeAnalysis;

namespace Chirps.Iggy.Protocol.Records;

/// <summary>A member of a consumer group.</summary>
/// <param name="Id">Its number within the group, not the client's.</param>
/// <param name="Partitions">The partitions it owns.</param>
public sealed record GroupMember(uint Id, IReadOnlyList<uint> Partitions)
{
    internal void Write(WireBuffer buffer)
    {
        buffer.WriteUInt32(Id);
        PartitionList.Write(buffer, Partitions);
    }

    internal static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out GroupMember? member)
    {
        member = null;
        if (!reader.TryReadUInt32(out var id) || !PartitionList.TryRead(ref reader, out var partitions))
        {
            return false;
        }

        member = new GroupMember(id, partitions);
        return true;
    }
}
