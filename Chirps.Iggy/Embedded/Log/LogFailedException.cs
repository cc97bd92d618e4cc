namespace Chirps.Iggy.Embedded.Log;

/// <summary>The messages were not confirmed: whether they are stored is not known. A repetition with the same message ids is stored once.</summary>
public sealed class LogFailedException(string message, Exception? inner = null) : IOException(message, inner);
