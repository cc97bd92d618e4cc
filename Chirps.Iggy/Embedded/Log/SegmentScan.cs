namespace Chirps.Iggy.Embedded.Log;

/// <summary>Finds out what a segment holds by reading it: after a crash, or when its index is missing.</summary>
internal sealed class SegmentScan
{
    private const int WindowBytes = 1024 * 1024;

    private readonly List<(long Position, ulong Offset)> _damage = [];

    private SegmentScan(SparseIndex index) => Index = index;

    public SparseIndex Index { get; }

    public SegmentSummary Summary { get; private set; }

    /// <summary>Bytes behind the last good frame that were never confirmed to anyone: they are to be cut off.</summary>
    public long TornBytes { get; private set; }

    /// <summary>Places where confirmed messages can no longer be read: (first offset, next readable offset).</summary>
    public List<(ulong Offset, ulong NextOffset)> Gaps { get; } = [];

    /// <summary>Reads the last segment in full and judges its end.</summary>
    /// <param name="file">The segment.</param>
    /// <param name="baseOffset">Its first offset.</param>
    /// <param name="durableOffset">All messages below it are known to have been on stable storage.</param>
    /// <param name="strideBytes">Bytes between index entries.</param>
    public static SegmentScan Last(ILogFile file, ulong baseOffset, ulong durableOffset, int strideBytes)
    {
        var scan = new SegmentScan(new SparseIndex(strideBytes));
        var witness = scan.Walk(file, baseOffset, file.Length, ulong.MaxValue, durableOffset, verify: true);

        // What does not read back below the witness was stored once and is damaged now. The rest was being written when the end came.
        var torn = scan._damage.FindIndex(place => place.Offset >= witness);
        if (torn < 0)
        {
            return scan;
        }

        var cut = scan._damage[torn].Position;
        var clean = new SegmentScan(new SparseIndex(strideBytes)) { TornBytes = file.Length - cut };
        clean.Walk(file, baseOffset, cut, ulong.MaxValue, durableOffset, verify: true);
        return clean;
    }

    /// <summary>Reads the frame headers of a segment that another one follows.</summary>
    /// <param name="file">The segment.</param>
    /// <param name="baseOffset">Its first offset.</param>
    /// <param name="nextBase">First offset of the one that follows; what is stored here from it on does not count.</param>
    /// <param name="strideBytes">Bytes between index entries.</param>
    public static SegmentScan Followed(ILogFile file, ulong baseOffset, ulong nextBase, int strideBytes)
    {
        var scan = new SegmentScan(new SparseIndex(strideBytes));
        scan.Walk(file, baseOffset, file.Length, nextBase, durableOffset: 0, verify: false);
        return scan;
    }

    private ulong Walk(ILogFile file, ulong baseOffset, long end, ulong limit, ulong durableOffset, bool verify)
    {
        var witness = durableOffset;
        Summary = new SegmentSummary(baseOffset, 0, 0);
        using var walker = new FrameWalker(file, 0, end, baseOffset, WindowBytes);
        for (var step = walker.Next(); step != WalkStep.End && walker.Offset < limit; step = walker.Next())
        {
            if (step == WalkStep.Frame && verify && !walker.Header.Matches(walker.Body()))
            {
                walker.SkipDamagedBody();
                step = WalkStep.Damage;
            }

            if (step == WalkStep.Damage)
            {
                _damage.Add((walker.Position, walker.Offset));
                Gaps.Add((walker.Offset, walker.NextOffset));
                continue;
            }

            var header = walker.Header;
            witness = Math.Max(witness, header.DurableOffset);
            Index.Add(new IndexEntry(header.BaseOffset, header.Timestamp, walker.Position));
            Summary = new SegmentSummary(header.NextOffset, walker.NextPosition, header.Timestamp);
        }

        return witness;
    }
}
