namespace Chirps.Engine.Membership;

/// <summary>Which members may be drawn; this node never is.</summary>
internal enum PeerFilter
{
    /// <summary>Alive.</summary>
    Alive,

    /// <summary>Alive, suspect, or dead for a short time.</summary>
    Gossip,

    /// <summary>Dead.</summary>
    Dead,
}
