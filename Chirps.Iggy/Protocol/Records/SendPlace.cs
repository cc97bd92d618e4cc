namespace Chirps.Iggy.Protocol.Records;

/// <summary>Where the messages of a send were stored.</summary>
/// <param name="Partition">Which partition.</param>
/// <param name="Offset">The offset of the first message; the others follow it.</param>
public readonly record struct SendPlace(uint Partition, ulong Offset)
{
    /// <summary>
    /// Appends the answer to a send as VSR has it. A classic server answers with an empty body; one whose client knows
    /// how to read it may answer so as well.
    /// </summary>
    internal static void Write(WireBuffer buffer, uint stream, uint topic, SendPlace place)
    {
        buffer.WriteUInt32(1);
        buffer.WriteUInt32(stream);
        buffer.WriteUInt32(topic);
        buffer.WriteUInt32(place.Partition);
        buffer.WriteUInt64(place.Offset);
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

        if (!reader.TryReadUInt32(out _) || !reader.TryReadUInt32(out _) || !reader.TryReadUInt32(out var partition) || !reader.TryReadUInt64(out var offset))
        {
            return false;
        }

        place = new SendPlace(partition, offset);
        return true;
    }
}
