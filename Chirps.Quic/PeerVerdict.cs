namespace Chirps.Quic;

/// <summary>What the verification of a peer's certificate came to.</summary>
/// <param name="Refusal">None when the peer is accepted.</param>
/// <param name="Peer">Who the certificate names, also when it is refused; null when it names nobody.</param>
/// <param name="Detail">Words for the log and for the refused peer.</param>
/// <param name="NotAfter">When the certificate expires; of no meaning when it is refused.</param>
internal readonly record struct PeerVerdict(PeerRefusal Refusal, TransportIdentity? Peer, string Detail, DateTimeOffset NotAfter = default);
