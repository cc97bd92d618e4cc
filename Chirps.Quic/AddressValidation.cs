namespace Chirps.Quic;

/// <summary>When a client must prove that it receives at its address before a handshake costs us anything (RFC 9000 section 8.1).</summary>
public enum AddressValidation
{
    /// <summary>While many handshakes are under way.</summary>
    UnderLoad,

    /// <summary>Always; a client without a token of ours pays a round trip.</summary>
    Always,
}
