namespace Chirps.Iggy.Protocol.Records;

/// <summary>Where a consumer stands in a partition.</summary>
/// <param name="Partition">Which partition.</param>
/// <param name="CurrentOffset">The offset of the newest message.</param>
/// <param name="StoredOffset">The last offset the consumer stored as processed.</param>
public readonly record struct OffsetInfo(uint Partition, ulong CurrentOffset, ulong StoredOffset)
{
    internal void Write(WireBuffer buffer)
    {
        buffer.WriteUInt32(Partition);
        buffer.WriteUInt64(CurrentOffset);
        buffer.WriteUInt64(StoredOffset);
    }

    internal static bool TryRead(ref WireReader reader, out OffsetInfo offset)
    {
        var read = reader.TryReadUInt32(out var partition) & reader.TryReadUInt64(out var current) & reader.TryReadUInt64(out var stored);
        offset = new OffsetInfo(partition, current, stored);
        return read;
    }
}
