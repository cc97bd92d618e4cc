namespace Chirps.Quic;

/// <summary>Whom we speak with: the rules about identities, the same for every provider.</summary>
internal static class PeerRules
{
    /// <summary>Judges whom a valid certificate names.</summary>
    /// <param name="peer">The certificate's identity.</param>
    /// <param name="own">We; the peer must be of our cluster.</param>
    /// <param name="expectedNode">The node that must be named, or null.</param>
    public static PeerVerdict Judge(TransportIdentity peer, TransportIdentity own, string? expectedNode)
    {
        if (!string.Equals(peer.Cluster, own.Cluster, StringComparison.Ordinal))
        {
            return new PeerVerdict(PeerRefusal.WrongCluster, peer, $"{peer} is not of the cluster '{own.Cluster}'");
        }

        return expectedNode != null && !string.Equals(peer.Node, expectedNode, StringComparison.Ordinal)
            ? new PeerVerdict(PeerRefusal.WrongNode, peer, $"{peer} is not the expected node '{expectedNode}'")
            : new PeerVerdict(PeerRefusal.None, peer, string.Empty);
    }
}
