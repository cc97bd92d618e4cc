namespace Chirps.Iggy.Protocol.Requests;

/// <summary>What a server answers a login.</summary>
/// <param name="UserId">Who is logged in; the root user is 0.</param>
/// <param name="Session">The session. VSR only, 0 otherwise.</param>
/// <param name="ProtocolVersion">The server's protocol version. VSR only, 0 otherwise.</param>
/// <param name="ServerVersion">The server's version. VSR only, empty otherwise.</param>
internal readonly record struct LoginReply(uint UserId, ulong Session, uint ProtocolVersion, string ServerVersion);
