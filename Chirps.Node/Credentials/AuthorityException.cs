namespace Chirps.Node.Credentials;

/// <summary>Something that was asked of an authority is refused; nothing has changed. The message names the file and what to do.</summary>
public sealed class AuthorityException(string message) : Exception(message);
