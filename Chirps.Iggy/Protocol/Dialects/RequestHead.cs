namespace Chirps.Iggy.Protocol.Dialects;

/// <summary>The header of a request as a server reads it.</summary>
/// <param name="Command">What is asked for; it may be a code without a name, or <see cref="IggyCommand.None"/>.</param>
/// <param name="HeaderLength">Bytes of the header.</param>
/// <param name="BodyLength">Bytes that follow it.</param>
/// <param name="Operation">The operation (VSR).</param>
/// <param name="ClientId">The client (VSR).</param>
/// <param name="BodyChecksum">XXH3 of the body, or 0 (VSR).</param>
/// <param name="RequestNumber">The request number (VSR).</param>
/// <param name="Session">The session, 0 before the login (VSR).</param>
internal readonly record struct RequestHead(
    IggyCommand Command,
    int HeaderLength,
    int BodyLength,
    byte Operation = 0,
    UInt128 ClientId = default,
    UInt128 BodyChecksum = default,
    ulong RequestNumber = 0,
    ulong Session = 0)
{
    /// <summary>Whether a body is the one the header was made for. Always so where the header has no checksum.</summary>
    public bool Fits(ReadOnlySpan<byte> body) => BodyChecksum == 0 || BodyChecksum == XxHash3.Of(body);
}
