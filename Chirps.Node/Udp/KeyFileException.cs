namespace Chirps.Node.Udp;

/// <summary>A file of keys cannot be used, or what was asked of it would do harm; nothing has changed.</summary>
public sealed class KeyFileException(string message) : Exception(message);
