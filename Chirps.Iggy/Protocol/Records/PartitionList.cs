namespace Chirps.Iggy.Protocol.Records;

/// <summary>Partition numbers behind their count.</summary>
internal static class PartitionList
{
    /// <summary>Appends them.</summary>
    public static void Write(WireBuffer buffer, IReadOnlyList<uint> partitions)
    {
        buffer.WriteUInt32((uint)partitions.Count);
        foreach (var partition in partitions)
        {
            buffer.WriteUInt32(partition);
        }
    }

    /// <summary>Reads them; a count the input cannot hold is refused before anything is allocated.</summary>
    public static bool TryRead(ref WireReader reader, out uint[] partitions)
    {
        partitions = [];
        if (!reader.TryReadUInt32(out var count) || count > (uint)reader.Rest.Length / sizeof(uint))
        {
            return false;
        }

        partitions = new uint[count];
        var read = true;
        for (var index = 0; index < partitions.Length; index++)
        {
            read &= reader.TryReadUInt32(out partitions[index]);
        }

        return read;
    }
}
