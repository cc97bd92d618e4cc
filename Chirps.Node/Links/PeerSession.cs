using Chirps.Engine.Membership;
using Chirps.Engine.Messaging;
using Chirps.Quic;

namespace Chirps.Node.Links;

/// <summary>
/// One connection to a peer: the lanes it has opened on it, and what is known of the peer's process. Written by the
/// transport's thread of this connection; the link reads it under its own lock.
/// </summary>
internal sealed class PeerSession
{
    /// <summary>Streams for single messages that may be open at a time; and as many given up ones may still hold their bytes.</summary>
    private const int SinglesMax = 64;

    /// <summary>Code of a stream given up for a newer one.</summary>
    private const ulong SingleDropped = 4;

    private readonly List<InLane> _due = [];
    private readonly Queue<ITransportStream> _singles = new();
    private readonly Queue<ITransportStream> _givenUp = new();
    private readonly ITransportStream _first;
    private int _firstTaken;
    private int _renewWanted;
    private int _lanes;

    /// <summary>Opens the first stream and says hello on it.</summary>
    public PeerSession(ITransportConnection connection, MemberId peer, PeerLink link, int frameBytesMax)
    {
        Connection = connection;
        Peer = peer;
        Link = link;
        connection.State = this;
        _first = connection.OpenStream(MessageLanes.PriorityOf(MessageLanes.Urgent), connection.CanSendEarly);
        _first.TryWrite(FrameCodec.WriteHello(stackalloc byte[FrameCodec.HelloBytes], link.Generation, frameBytesMax, PeerFeatures.TraceContext), default);
    }

    public ITransportConnection Connection { get; }

    public MemberId Peer { get; }

    public PeerLink Link { get; }

    /// <summary>The generation of the peer's process; 0 before its hello.</summary>
    public ulong Generation { get; private set; }

    /// <summary>The longest frame the peer takes.</summary>
    public int PeerFrameBytesMax { get; private set; }

    /// <summary>What the peer takes beyond the first version of the format.</summary>
    public PeerFeatures PeerFeatures { get; private set; }

    /// <summary>Whether this node sends on the connection before the handshake is done, from what it knows of the peer.</summary>
    public bool IsEarly { get; private set; }

    /// <summary>Whether the handshake is done: what comes is new, and from the peer itself.</summary>
    public bool IsConfirmed { get; private set; }

    /// <summary>Whether the peer has said hello, so that its process is known.</summary>
    public bool IsPeerKnown { get; private set; }

    /// <summary>When to replace the connection because of its certificates. Guarded by the one who asks.</summary>
    public Renewal Renewal { get; } = new();

    /// <summary>Begins to send before the handshake is done, to the process that was there before.</summary>
    public void BeginEarly(ulong generation, int frameBytesMax, PeerFeatures features)
    {
        Generation = generation;
        PeerFrameBytesMax = frameBytesMax;
        PeerFeatures = features;
        IsEarly = true;
    }

    /// <summary>The longest payload the peer takes. A node that knows no traces has left no room for one.</summary>
    public int PayloadBytesMax => PeerFrameBytesMax - (TakesTraces ? FrameCodec.HeaderBytesMax : FrameCodec.PlainHeaderBytesMax);

    private bool TakesTraces => (PeerFeatures & PeerFeatures.TraceContext) != 0;

    /// <summary>The trace of a message as far as the peer takes it: none goes to a node that does not know the field.</summary>
    public TraceContext Fit(in TraceContext trace) => TakesTraces ? trace : default;

    /// <summary>The handshake is done.</summary>
    public void Confirm()
    {
        IsConfirmed = true;
        IsEarly = false;
        if (IsPeerKnown)
        {
            Link.Admit(this);
        }
    }

    /// <summary>Whether this is the first stream of the peer for a lane on this connection.</summary>
    public bool TryClaimLane(int lane)
    {
        var bit = 1 << lane;
        var free = (_lanes & bit) == 0;
        _lanes |= bit;
        return free;
    }

    /// <summary>The peer says hello.</summary>
    /// <returns>Whether it is the first time.</returns>
    public bool Hello(ulong generation, int frameBytesMax, PeerFeatures features = PeerFeatures.None)
    {
        if (IsPeerKnown)
        {
            return false;
        }

        IsPeerKnown = true;
        Generation = generation;
        PeerFrameBytesMax = frameBytesMax;
        PeerFeatures = features;
        if (IsConfirmed)
        {
            Link.Admit(this);
        }

        return true;
    }

    /// <summary>A stream for a lane; the urgent one takes the stream of the hello.</summary>
    public ITransportStream StreamFor(int lane)
        => lane == MessageLanes.Urgent && Interlocked.Exchange(ref _firstTaken, 1) == 0
            ? _first
            : Connection.OpenStream(MessageLanes.PriorityOf(lane), IsEarly);

    /// <summary>Asks the peer to dial again.</summary>
    public void AskToRenew() => _first.TryWrite(FrameCodec.WriteRenew(stackalloc byte[FrameCodec.SmallBytesMax]), default);

    /// <summary>Where the messages of a lane are counted; <see langword="null"/> when they cannot be taken.</summary>
    public LaneReceiver? Receiver(in LaneOpening opening, out LaneContinuation continuation)
        => Link.Receiver(opening, IsConfirmed, out continuation);

    /// <summary>Hands a message to the subscribers.</summary>
    /// <returns><see langword="null"/> when one has it, or had it before.</returns>
    public RefusalReason? Deliver(in Frame frame, SubscriberTable subscribers)
    {
        var repeatable = frame.Kind == FrameKind.Repeatable;
        if (repeatable && Link.RecentIds.Contains(frame.MessageId))
        {
            subscribers.CountDuplicate();
            return null;
        }

        var refusal = subscribers.Deliver(Peer, Profile.Control, frame.MessageId, frame.Topic, frame.Body, frame.Trace);
        if (repeatable && refusal is null)
        {
            Link.RecentIds.Add(frame.MessageId);
        }

        return refusal;
    }

    public void AcknowledgeLater(InLane lane)
    {
        if (_due.Count == 0 || !_due.Contains(lane))
        {
            _due.Add(lane);
        }
    }

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

    /// <summary>The peer asks to be dialled again.</summary>
    public void RenewWanted() => Volatile.Write(ref _renewWanted, 1);

    /// <summary>Whether the peer has asked since the last time.</summary>
    public bool TakeRenewWanted() => Interlocked.Exchange(ref _renewWanted, 0) != 0;

    /// <summary>
    /// Sends one best-effort message on a stream of its own. When too many are open, the oldest is given up; while the
    /// transport has not come to taking those back, the new one is. Any thread.
    /// </summary>
    /// <returns>Whether none had to be given up.</returns>
    public bool SendSingle(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        lock (_singles)
        {
            Forget(_singles);
            Forget(_givenUp);
            var full = _singles.Count == SinglesMax;
            if (full && _givenUp.Count == SinglesMax)
            {
                return false;
            }

            if (full)
            {
                var oldest = _singles.Dequeue();
                oldest.Reset(SingleDropped);
                _givenUp.Enqueue(oldest);
            }

            var stream = Connection.OpenStream(MessageLanes.SinglePriority);
            stream.TryWrite(header, payload, flush: false);
            stream.Complete();
            _singles.Enqueue(stream);
            return !full;
        }
    }

    /// <summary>Forgets the first streams, as far as they hold no bytes any more.</summary>
    private static void Forget(Queue<ITransportStream> streams)
    {
        while (streams.TryPeek(out var first) && first.BufferedBytes == 0)
        {
            streams.Dequeue();
        }
    }
}
