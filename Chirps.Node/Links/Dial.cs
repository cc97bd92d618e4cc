using Chirps.Engine.Membership;
using Chirps.Quic;

namespace Chirps.Node.Links;

/// <summary>A handshake under way, and the few membership datagrams that wait for it: the oldest is lost first.</summary>
internal sealed class Dial(MemberAddress address, PeerLink? link)
{
    private const int DatagramsMax = 8;

    private readonly Queue<(byte[] Bytes, bool Urgent)> _datagrams = new();

    public MemberAddress Address { get; } = address;

    /// <summary>The peer that is expected there; <see langword="null"/> for a seed known by address only.</summary>
    public PeerLink? Link { get; } = link;

    /// <summary>The connection being made, when it can carry data before the handshake is done.</summary>
    public ITransportConnection? Connection { get; set; }

    /// <summary>Sends a datagram with the first flight, where it can, or keeps it until the handshake is done.</summary>
    /// <returns>Whether nothing was lost.</returns>
    public bool TrySend(ReadOnlySpan<byte> datagram, bool urgent)
        => Connection?.TrySendDatagram(datagram, default, urgent ? DatagramClass.Probe : DatagramClass.Data) == true || Add(datagram, urgent);

    private bool Add(ReadOnlySpan<byte> datagram, bool urgent)
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
