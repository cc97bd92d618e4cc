namespace Chirps.Iggy.Protocol;

/// <summary>A partition that may be left out: a flag and 32 bits, always five bytes.</summary>
internal static class OptionalPartition
{
    /// <summary>Appends it.</summary>
    public static void Write(WireBuffer buffer, uint? partition)
    {
        buffer.WriteFlag(partition is not null);
        buffer.WriteUInt32(partition ?? 0);
    }

    /// <summary>Reads it.</summary>
    public static bool TryRead(ref WireReader reader, out uint? partition)
    {
        var read = reader.TryReadFlag(out var present) & reader.TryReadUInt32(out var value);
        partition = present ? value : null;
        return read;
    }
}
