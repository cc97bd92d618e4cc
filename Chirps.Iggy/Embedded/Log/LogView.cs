namespace Chirps.Iggy.Embedded.Log;

/// <summary>What readers of a log see: unchanging, replaced as a whole after every commit.</summary>
/// <param name="Segments">At least one, ascending; the last one is being written.</param>
/// <param name="Last">What the last one held when the view was made.</param>
/// <param name="SealedBytes">Size of all but the last.</param>
internal sealed record LogView(LogSegment[] Segments, SegmentSummary Last, long SealedBytes)
{
    /// <summary>Offset of the oldest message kept, or of the next one when there is none.</summary>
    public ulong StartOffset => Segments[0].BaseOffset;

    /// <summary>Offset of the next message.</summary>
    public ulong NextOffset => Last.NextOffset;

    public long SizeBytes => SealedBytes + Last.EndPosition;

    public SegmentSummary SummaryOf(int index) => index == Segments.Length - 1 ? Last : Segments[index].Summary;

    /// <summary>The index of the segment that holds an offset, or would.</summary>
    public int SegmentOf(ulong offset)
    {
        var index = Segments.Length - 1;
        while (index > 0 && Segments[index].BaseOffset > offset)
        {
            index--;
        }

        return index;
    }
}
