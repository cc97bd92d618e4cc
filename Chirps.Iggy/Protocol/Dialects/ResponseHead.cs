namespace Chirps.Iggy.Protocol.Dialects;

/// <summary>The header of a response as a client reads it.</summary>
/// <param name="Status">The status it carries. In VSR the body may carry another.</param>
/// <param name="HeaderLength">Bytes of the header.</param>
/// <param name="BodyLength">Bytes that follow it.</param>
/// <param name="Operation">The operation answered (VSR).</param>
/// <param name="RequestNumber">The request number answered (VSR).</param>
/// <param name="IsLast">Whether the server ends the session with it and closes the connection.</param>
/// <param name="IsEviction">Whether it answers no request in particular (VSR).</param>
internal readonly record struct ResponseHead(IggyStatus Status, int HeaderLength, int BodyLength, byte Operation = 0, ulong RequestNumber = 0, bool IsLast = false, bool IsEviction = false);
