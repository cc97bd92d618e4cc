using System.Diagnostics.CodeAnalysis;

namespace Chirps.Iggy.Protocol.Records;

/// <summary>A partition as a server describes it.</summary>
/// <param name="Id">Its number, from 0.</param>
/// <param name="CreatedMicroseconds">When it was made, in microseconds since the Unix epoch.</param>
/// <param name="Segments">How many segments it has.</param>
/// <param name="CurrentOffset">The offset of its newest message; 0 also when it is empty.</param>
/// <param name="SizeBytes">What its messages take.</param>
/// <param name="Messages">How many messages it holds.</param>
public sealed record PartitionInfo(uint Id, ulong CreatedMicroseconds, uint Segments, ulong CurrentOffset, ulong SizeBytes, ulong Messages)
{
    /// <summary>Bytes of the record.</summary>
    internal const int Bytes = 40;

    internal void Write(WireBuffer buffer)
    {
        buffer.WriteUInt32(Id);
        buffer.WriteUInt64(CreatedMicroseconds);
        buffer.WriteUInt32(Segments);
        buffer.WriteUInt64(CurrentOffset);
        buffer.WriteUInt64(SizeBytes);
        buffer.WriteUInt64(Messages);
    }

    internal static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out PartitionInfo? partition)
    {
        partition = null;
        if (reader.Rest.Length < Bytes)
        {
            return false;
        }

        _ = reader.TryReadUInt32(out var id) & reader.TryReadUInt64(out var created) & reader.TryReadUInt32(out var segments);
        _ = reader.TryReadUInt64(out var currentOffset) & reader.TryReadUInt64(out var sizeBytes) & reader.TryReadUInt64(out var messages);
        partition = new PartitionInfo(id, created, segments, currentOffset, sizeBytes, messages);
        return true;
    }
}
