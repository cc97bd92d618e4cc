namespace Chirps.Iggy.Protocol.Records;

/// <summary>Where the messages of a send were stored.</summary>
/// <param name="Partition">Which partition.</param>
/// <param name="Offset">The offset of the first message.</param>
public readonly record struct SendPlace(uint Partition, ulong Offset)
{
    private const int EntryBytes = 20;

    /// <summary>The offset of each message, where they do not follow each other because some were stored before; else <see langword="null"/>.</summary>
    public IReadOnlyList<ulong>? Offsets { get; init; }

    /// <summary>The offset of a message by its place in the send.</summary>
    public ulong OffsetOf(int index) => Offsets is { } each ? each[index] : Offset + (ulong)index;

    /// <summary>
    /// Appends the answer to a send as VSR has it. A classic server answers with an empty body; one whose client knows
    /// how to read it may answer so as well, with an entry for each message where one does not say it all.
    /// </summary>
    internal static void Write(WireBuffer buffer, uint stream, uint topic, SendPlace place)
    {
        var entries = place.Offsets?.Count ?? 1;
        buffer.WriteUInt32((uint)entries);
        for (var index = 0; index < entries; index++)
        {
            buffer.WriteUInt32(stream);
            buffer.WriteUInt32(topic);
            buffer.WriteUInt32(place.Partition);
            buffer.WriteUInt64(place.OffsetOf(index));
        }
    }

    /// <summary>Reads the answer to a send.</summary>
    /// <param name="body">The whole body.</param>
    /// <param name="place">The first place told, or none.</param>
    /// <returns><see langword="false"/> when the body is malformed.</returns>
    internal static bool TryRead(ReadOnlySpan<byte> body, out SendPlace? place)
    {
        place = null;
        if (body.IsEmpty)
        {
            return true;
        }

        var reader = new WireReader(body);
        if (!reader.TryReadUInt32(out var count) || count == 0)
        {
            return count == 0 && reader.IsEmpty;
        }

        if (count > (uint)reader.Rest.Length / EntryBytes || !TryReadEntry(ref reader, out var first))
        {
            return false;
        }

        if (count == 1)
        {
            place = first;
            return true;
        }

        var offsets = new ulong[count];
        offsets[0] = first.Offset;
        for (var index = 1; index < offsets.Length && TryReadEntry(ref reader, out var next); index++)
        {
            offsets[index] = next.Offset;
        }

        place = first with { Offsets = offsets };
        return true;
    }

    private static bool TryReadEntry(ref WireReader reader, out SendPlace place)
    {
        var read = reader.TryReadUInt32(out _) & reader.TryReadUInt32(out _) & reader.TryReadUInt32(out var partition) & reader.TryReadUInt64(out var offset);
        place = new SendPlace(partition, offset);
        return read;
    }
}
