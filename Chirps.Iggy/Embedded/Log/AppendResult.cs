namespace Chirps.Iggy.Embedded.Log;

/// <summary>What became of an append that was confirmed.</summary>
/// <param name="FirstOffset">Offset of the first message; where it was stored before, when its id was known.</param>
/// <param name="LastOffset">Offset of the last message, likewise.</param>
/// <param name="Stored">How many were stored; the others had ids that are stored already.</param>
/// <param name="Offsets">The offset of each, when they do not follow each other; else <see langword="null"/>.</param>
internal readonly record struct AppendResult(ulong FirstOffset, ulong LastOffset, int Stored, ulong[]? Offsets = null);
