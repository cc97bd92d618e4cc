namespace Chirps.Quic;

/// <summary>Why a connection ended.</summary>
/// <param name="Kind">Who ended it, and how.</param>
/// <param name="Code">The application's or QUIC's error code; 0 when there is none.</param>
/// <param name="Reason">Words for people. A peer's words are not to be trusted.</param>
/// <param name="Refusal">Why a certificate was refused: our verdict, or with <see cref="CloseKind.PeerRefusedUs"/> what the peer says of ours.</param>
/// <param name="ClaimedPeer">Who the peer is, or claims to be in a certificate that was refused; null when it named nobody.</param>
public readonly record struct CloseInfo(CloseKind Kind, ulong Code, string Reason, PeerRefusal Refusal, TransportIdentity? ClaimedPeer);
