using Chirps.Engine.Membership;

namespace Chirps.Node.Links;

/// <summary>A handshake under way, and the few membership datagrams that wait for it: the oldest is lost first.</summary>
internal sealed class Dial(MemberAddress address, PeerLink? link)
{
    private const int DatagramsMax = 8;

    private readonly Queue<(byte[] Bytes, bool Urgent)> _datagrams = new();

    public MemberAddress Address { get; } = address;

    /// <summary>The peer that is expected there; <see langword="null"/> for a seed known by address only.</summary>
    public PeerLink? Link { get; } = link;

    /// <returns>Whether nothing was lost.</returns>
    public bool Add(ReadOnlySpan<byte> datagram, bool urgent)
    {
        lock (_datagrams)
        {
            _datagrams.Enqueue((datagram.ToArray(), urgent));
            return _datagrams.Count <= DatagramsMax || !_datagrams.TryDequeue(out _);
        }
    }

    public (byte[] Bytes, bool Urgent)[] Take()
    {
        lock (_datagrams)
        {
            var all = _datagrams.ToArray();
            _datagrams.Clear();
            return all;
        }
    }
}
