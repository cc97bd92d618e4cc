namespace Chirps.Iggy.Embedded.Catalog;

/// <summary>A personal access token as it is kept: not the token, only its SHA-256.</summary>
/// <param name="Name">What its owner calls it.</param>
/// <param name="Hash">SHA-256 of the token, in hexadecimal.</param>
/// <param name="ExpiresMicroseconds">When it ends; 0 for never.</param>
internal sealed record TokenState(string Name, string Hash, ulong ExpiresMicroseconds);
