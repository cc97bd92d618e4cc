namespace Chirps.Iggy.Embedded.Log;

/// <summary>Where one frame of a segment begins.</summary>
internal readonly record struct IndexEntry(ulong Offset, ulong Timestamp, long Position);
