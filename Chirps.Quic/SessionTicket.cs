namespace Chirps.Quic;

/// <summary>What a client keeps of a session to resume it.</summary>
/// <param name="Session">The TLS session; null when only the address token is known.</param>
/// <param name="Parameters">The server's transport parameters, under which early data is sent (RFC 9000 section 7.4.1).</param>
/// <param name="AddressToken">Proves our address to that server (RFC 9000 section 8.1.3).</param>
internal sealed record SessionTicket(byte[]? Session, byte[]? Parameters, byte[]? AddressToken);
