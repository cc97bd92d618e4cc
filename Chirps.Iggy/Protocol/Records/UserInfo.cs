namespace Chirps.Iggy.Protocol.Records;

/// <summary>A user as a server describes it.</summary>
/// <param name="Id">Its number; the root user is 0.</param>
/// <param name="CreatedMicroseconds">When it was made, in microseconds since the Unix epoch.</param>
/// <param name="Status">1 active, 2 inactive.</param>
/// <param name="Name">The user name.</param>
public sealed record UserInfo(uint Id, ulong CreatedMicroseconds, byte Status, string Name);
