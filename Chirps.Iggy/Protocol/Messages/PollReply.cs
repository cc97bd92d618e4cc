namespace Chirps.Iggy.Protocol.Messages;

/// <summary>The answer to a poll: a view of the response's payload, fully checked.</summary>
internal readonly ref struct PollReply
{
    /// <summary>Bytes before the messages. An answer without messages has these.</summary>
    public const int PrefixBytes = 16;

    /// <summary>Which partition.</summary>
    public uint Partition { get; init; }

    /// <summary>Offset of the partition's newest message; 0 also when it is empty.</summary>
    public ulong CurrentOffset { get; init; }

    /// <summary>How many messages.</summary>
    public uint Count { get; init; }

    /// <summary>How the messages lie in <see cref="Area"/>.</summary>
    public MessageLayout Layout { get; init; }

    /// <summary>The messages as they lie on the wire.</summary>
    public ReadOnlySpan<byte> Area { get; init; }

    /// <summary>The messages one by one.</summary>
    public MessageReader Messages => new(Area, Layout);

    /// <summary>Reads the prefix; what follows it is the area, not checked.</summary>
    public static bool TryReadPrefix(ReadOnlySpan<byte> payload, MessageLayout layout, out PollReply reply)
    {
        var reader = new WireReader(payload);
        var read = reader.TryReadUInt32(out var partition) & reader.TryReadUInt64(out var currentOffset) & reader.TryReadUInt32(out var count);
        reply = new PollReply { Partition = partition, CurrentOffset = currentOffset, Count = count, Layout = layout, Area = reader.Rest };
        return read;
    }
}
