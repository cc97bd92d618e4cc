namespace Chirps.Iggy.Protocol.Messages;

/// <summary>What goes before the messages of a send, the same in both dialects.</summary>
internal static class SendHeader
{
    /// <summary>Appends it.</summary>
    public static void Write(WireBuffer buffer, in IggyIdentifier stream, in IggyIdentifier topic, in Partitioning partitioning, int count)
    {
        var start = buffer.Length;
        buffer.WriteUInt32(0);
        stream.Write(buffer);
        topic.Write(buffer);
        partitioning.Write(buffer);
        buffer.WriteUInt32((uint)count);
        buffer.PatchUInt32(start, (uint)(buffer.Length - start - sizeof(uint)));
    }

    /// <summary>Reads it.</summary>
    /// <param name="payload">The whole payload.</param>
    /// <param name="rest">What follows the header.</param>
    /// <param name="request">What was read, without messages.</param>
    /// <returns><see langword="false"/> for anything malformed.</returns>
    public static bool TryRead(ReadOnlySpan<byte> payload, out ReadOnlySpan<byte> rest, out SendRequest request)
    {
        request = default;
        rest = default;
        var outer = new WireReader(payload);
        if (!outer.TryReadLongBytes(out var metadata))
        {
            return false;
        }

        var reader = new WireReader(metadata);
        if (!IggyIdentifier.TryRead(ref reader, out var stream)
            || !IggyIdentifier.TryRead(ref reader, out var topic)
            || !Partitioning.TryRead(ref reader, out var partitioning)
            || !reader.TryReadUInt32(out var count)
            || !reader.IsEmpty)
        {
            return false;
        }

        rest = outer.Rest;
        request = new SendRequest { Stream = stream, Topic = topic, Partitioning = partitioning, Count = count };
        return true;
    }
}
