namespace Chirps.Iggy.Embedded.Log;

/// <summary>What a read found.</summary>
/// <param name="Count">Number of messages; 0 at the end of the log.</param>
/// <param name="FirstOffset">Offset of the first, when there is one.</param>
/// <param name="LastOffset">Offset of the last, when there is one.</param>
internal readonly record struct LogRead(int Count, ulong FirstOffset, ulong LastOffset);
