using Chirps.Engine.Membership;
using Chirps.Quic;

namespace Chirps.Node.Links;

/// <summary>
/// One connection to a peer: its lanes, and what its ends know of each other. Written by the transport's thread of
/// this connection; the link reads it under its own lock.
/// </summary>
internal sealed class PeerSession
{
    /// <summary>Streams for single messages that may be open at a time: more would wait without bound.</summary>
    private const int SinglesMax = 64;

    /// <summary>Such streams go behind everything else.</summary>
    private const int SinglePriority = 6;

    private readonly List<InLane> _due = [];
    private int _singles;

    public PeerSession(ITransportConnection connection, MemberId peer, PeerLink link, OutLane lane)
    {
        Connection = connection;
        Peer = peer;
        Link = link;
        Lane = lane;
        connection.State = this;
    }

    public ITransportConnection Connection { get; }

    public MemberId Peer { get; }

    public PeerLink Link { get; }

    /// <summary>Where this node sends on this connection.</summary>
    public OutLane Lane { get; }

    /// <summary>The generation of the peer's process; 0 before its hello.</summary>
    public ulong Generation { get; private set; }

    /// <summary>Whether the peer has said that it waits for nothing on this connection.</summary>
    public bool IsPeerDrained { get; private set; }

    /// <summary>Whether this node has said so.</summary>
    public bool IsDrained { get; set; }

    /// <summary>The peer's hello, the only one of the connection.</summary>
    public void HelloReceived(ulong generation, int frameBytesMax)
    {
        Generation = generation;
        Lane.PeerFrameBytesMax = frameBytesMax;
        Link.Admit(this);
    }

    public void PeerDrained()
    {
        IsPeerDrained = true;
        PeerLink.CloseIfDrained(this);
    }

    public void AcknowledgeLater(InLane lane)
    {
        if (_due.Count == 0 || !_due.Contains(lane))
        {
            _due.Add(lane);
        }
    }

    /// <summary>Sends one best-effort message on a stream of its own. Any thread.</summary>
    /// <returns>Whether it was taken; not when too many such streams are open.</returns>
    public bool TrySendSingle(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        if (Interlocked.Increment(ref _singles) > SinglesMax)
        {
            EndSingle();
            return false;
        }

        var stream = Connection.OpenStream(SinglePriority);
        stream.State = this;
        var written = stream.TryWrite(header, payload);
        stream.Complete();
        return written;
    }

    /// <summary>A stream of <see cref="TrySendSingle"/> has closed.</summary>
    public void EndSingle() => Interlocked.Decrement(ref _singles);

    /// <summary>Writes the acknowledgements that are due.</summary>
    public void Acknowledge()
    {
        for (var index = _due.Count - 1; index >= 0; index--)
        {
            if (_due[index].TryAcknowledge())
            {
                _due.RemoveAt(index);
            }
        }
    }
}
