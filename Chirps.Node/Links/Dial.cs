using Chirps.Engine.Membership;
using Chirps.Quic;

namespace Chirps.Node.Links;

/// <summary>A handshake under way, and the few datagrams that wait for it: the oldest is lost first.</summary>
internal sealed class Dial(MemberAddress address, PeerLink? link)
{
    /// <summary>The longest datagram that may wait: every connection carries it.</summary>
    public const int DatagramBytesMax = 1100;

    private const int DatagramsMax = 64;

    private readonly Queue<(byte[] Bytes, bool Urgent)> _datagrams = new();
    private bool _ended;

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
            if (_ended)
            {
                return false;
            }

            _datagrams.Enqueue((datagram.ToArray(), urgent));
            return _datagrams.Count <= DatagramsMax || !_datagrams.TryDequeue(out _);
        }
    }

    /// <summary>The handshake is over: takes what waited, and nothing waits here any more.</summary>
    public (byte[] Bytes, bool Urgent)[] Take()
    {
        lock (_datagrams)
        {
            _ended = true;
            var all = _datagrams.ToArray();
            _datagrams.Clear();
            return all;
        }
    }
}
