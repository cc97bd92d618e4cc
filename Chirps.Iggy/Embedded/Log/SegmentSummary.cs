namespace Chirps.Iggy.Embedded.Log;

/// <summary>What a segment holds.</summary>
/// <param name="NextOffset">Offset after its last message; its base offset when it is empty.</param>
/// <param name="EndPosition">Bytes of it that hold frames.</param>
/// <param name="LastTimestamp">Timestamp of its last message; 0 when it is empty.</param>
internal readonly record struct SegmentSummary(ulong NextOffset, long EndPosition, ulong LastTimestamp);
