namespace RaftKv.Storage;

/// <summary>Reads the files of a log, oldest first, into what they say of each group.</summary>
/// <param name="images">By group; new groups are added.</param>
internal sealed class LogReplay(SortedDictionary<ulong, GroupImage> images)
{
    private ulong _last;

    /// <summary>The number of the next batch.</summary>
    public ulong Next => _last + 1;

    /// <summary>Applies the batches of a file.</summary>
    /// <param name="segment">The file; learns what is in it.</param>
    /// <param name="bytes">Its bytes. What is kept of them is copied.</param>
    /// <param name="isNewest">Whether it is the file that was written to at the end: only its end may be torn.</param>
    /// <returns>How many bytes are good; what follows them was being written when the process, or the machine, stopped.</returns>
    /// <exception cref="InvalidDataException">What follows them was stored, and is damaged or missing.</exception>
    public int Read(LogSegment segment, ReadOnlyMemory<byte> bytes, bool isNewest)
    {
        var position = 0;
        while (LogBatches.TryRead(bytes[position..], out var number, out var records) && (_last == 0 || number == Next))
        {
            if (!LogRecords.TryApply(records, images, segment.Saw))
            {
                throw new InvalidDataException($"{segment.Path}: the batch at byte {position} holds what is no record of this version.");
            }

            _last = number;
            position += LogBatches.HeaderBytes + records.Length;
        }

        if (position < bytes.Length && (!isNewest || LogBatches.HasLater(bytes.Span[position..], _last == 0 ? 0 : Next)))
        {
            throw new InvalidDataException($"{segment.Path} is damaged at byte {position}: what follows was stored, and cannot be relied on. Remove this node from its groups, and let it join under a new name.");
        }

        return position;
    }
}
