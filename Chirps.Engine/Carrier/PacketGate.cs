using Chirps.Engine.Membership;
using Chirps.Engine.Time;

namespace Chirps.Engine.Carrier;

/// <summary>Decides, before a packet is deciphered, whether its source may be listened to now.</summary>
/// <remarks>
/// A source is known once a packet from it was authentic. Only known ones have a bucket of their own, so strangers, whose addresses
/// may be made up, cost no memory; and strangers share a bucket of their own, so they take nothing from the known ones.
/// </remarks>
internal sealed class PacketGate(PacketLimits limits)
{
    /// <summary>What strangers get, as a part of what the known sources have.</summary>
    private const int StrangersShare = 4;

    private readonly RecentTable<MemberAddress, Source> _sources = new(limits.PeersMax);
    private TokenBucket _all = new(limits.PacketsPerSecond, limits.Burst);
    private TokenBucket _strangers = new(Math.Max(1, limits.PacketsPerSecond / StrangersShare), Math.Max(1, limits.Burst / StrangersShare));

    /// <summary>How many sources are known.</summary>
    public int Count => _sources.Count;

    /// <summary>Whether a source is known.</summary>
    public bool Knows(MemberAddress address) => _sources.Contains(address);

    /// <summary>Whether to listen.</summary>
    /// <returns>Why not; <see cref="PacketFault.None"/> to listen.</returns>
    public PacketFault Ask(MeshInstant now, MemberAddress address)
    {
        if (!_sources.TryGet(address, now, out var source))
        {
            return _strangers.TryTake(now) ? PacketFault.None : PacketFault.StrangersLimited;
        }

        if (!source.Bucket.TryTake(now))
        {
            return PacketFault.PeerLimited;
        }

        return _all.TryTake(now) ? PacketFault.None : PacketFault.RateLimited;
    }

    /// <summary>A packet of this source was authentic.</summary>
    public void Know(MeshInstant now, MemberAddress address)
    {
        if (!_sources.TryGet(address, now, out _))
        {
            _sources.Set(address, now, new Source(limits));
        }
    }

    private sealed class Source(PacketLimits limits)
    {
        public TokenBucket Bucket = new(limits.PeerPacketsPerSecond, limits.PeerBurst);
    }
}
