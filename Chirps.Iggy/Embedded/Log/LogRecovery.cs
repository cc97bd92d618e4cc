namespace Chirps.Iggy.Embedded.Log;

/// <summary>Opens what a directory holds, after a clean stop or a crash alike.</summary>
/// <remarks>
/// Only the last segment can have a torn tail, so only it is read in full; of the others the index is read, and each message's
/// checksum is verified when it is served.
/// </remarks>
internal sealed class LogRecovery
{
    private LogRecovery(List<LogSegment> segments) => Segments = segments;

    /// <summary>At least one; the last one is to be written.</summary>
    public List<LogSegment> Segments { get; }

    /// <summary>Bytes cut off the end: they were being written when the end came, and confirmed to nobody.</summary>
    public long TornBytes { get; private set; }

    /// <summary>Confirmed messages that can no longer be read.</summary>
    public List<(ulong Offset, ulong NextOffset)> Gaps { get; } = [];

    public static LogRecovery Open(ILogDirectory directory, LogSettings settings)
    {
        var recovery = new LogRecovery([]);
        try
        {
            recovery.Run(directory, settings);
            return recovery;
        }
        catch
        {
            recovery.Segments.ForEach(segment => segment.Dispose());
            throw;
        }
    }

    /// <summary>Makes an empty segment, its name on stable storage.</summary>
    public static LogSegment Create(ILogDirectory directory, ulong baseOffset, int strideBytes)
    {
        var name = LogSegment.NameOf(baseOffset);
        directory.Delete(LogSegment.IndexNameOf(baseOffset));
        var file = directory.Create(name);
        try
        {
            directory.Sync();
        }
        catch
        {
            file.Dispose();
            directory.Delete(name);
            throw;
        }

        return new LogSegment(baseOffset, file, new SparseIndex(strideBytes), new SegmentSummary(baseOffset, 0, 0));
    }

    /// <summary>Writes the index of a segment that is complete; without room for it, it will be made again when needed.</summary>
    public static void WriteIndex(ILogDirectory directory, LogSegment segment)
    {
        var name = LogSegment.IndexNameOf(segment.BaseOffset);
        try
        {
            directory.Delete(name);
            using var file = directory.Create(name);
            file.Write(segment.Index.ToFile(segment.Summary), 0);
        }
        catch (IOException)
        {
            // A part of it does not match its checksum.
        }
    }

    private void Run(ILogDirectory directory, LogSettings settings)
    {
        var bases = LogSegment.BasesIn(directory);
        for (var index = 0; index < bases.Count - 1; index++)
        {
            Segments.Add(Followed(directory, bases[index], bases[index + 1], settings.IndexStrideBytes));
        }

        if (bases.Count == 0)
        {
            Segments.Add(Create(directory, CleanMark.Read(directory), settings.IndexStrideBytes));
            return;
        }

        OpenLast(directory, bases[^1], settings);
    }

    private void OpenLast(ILogDirectory directory, ulong baseOffset, LogSettings settings)
    {
        var durable = CleanMark.Read(directory);
        var file = directory.Open(LogSegment.NameOf(baseOffset));
        var last = new LogSegment(baseOffset, file, new SparseIndex(settings.IndexStrideBytes), default);
        Segments.Add(last);
        var scan = SegmentScan.Last(file, baseOffset, durable, settings.IndexStrideBytes);
        Gaps.AddRange(scan.Gaps);
        TornBytes = scan.TornBytes;
        if (TornBytes > 0)
        {
            file.Truncate(scan.Summary.EndPosition);
            file.Sync();
        }

        Segments[^1] = new LogSegment(baseOffset, file, scan.Index, scan.Summary);
        if (scan.Summary.NextOffset >= durable && scan.Summary.EndPosition == file.Length)
        {
            return;
        }

        // Confirmed messages are missing at the end: their offsets are not given to others, and the damaged bytes are kept as they are.
        var next = Math.Max(durable, scan.Summary.NextOffset);
        if (next > scan.Summary.NextOffset)
        {
            Gaps.RemoveAll(gap => gap.Offset == scan.Summary.NextOffset);
            Gaps.Add((scan.Summary.NextOffset, next));
        }

        WriteIndex(directory, Segments[^1]);
        Segments.Add(Create(directory, next, settings.IndexStrideBytes));
    }

    private static LogSegment Followed(ILogDirectory directory, ulong baseOffset, ulong nextBase, int strideBytes)
    {
        var file = directory.Open(LogSegment.NameOf(baseOffset));
        try
        {
            if (TryReadIndex(directory, baseOffset, strideBytes, out var summary) is { } index && summary.NextOffset <= nextBase)
            {
                return new LogSegment(baseOffset, file, index, summary);
            }

            var scan = SegmentScan.Followed(file, baseOffset, nextBase, strideBytes);
            var segment = new LogSegment(baseOffset, file, scan.Index, scan.Summary);
            WriteIndex(directory, segment);
            return segment;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static SparseIndex? TryReadIndex(ILogDirectory directory, ulong baseOffset, int strideBytes, out SegmentSummary summary)
    {
        summary = default;
        try
        {
            using var file = directory.Open(LogSegment.IndexNameOf(baseOffset));
            var bytes = new byte[file.Length];
            return file.Read(bytes, 0) == bytes.Length ? SparseIndex.FromFile(bytes, strideBytes, out summary) : null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
