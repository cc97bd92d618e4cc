using System.Buffers.Binary;
using System.Diagnostics;
using Chirps.Engine.Membership;
using Chirps.Engine.Messaging;
using Chirps.Quic;

namespace Chirps.Node.Links;

/// <summary>
/// Everything between this node and one peer: the lanes of messages in both directions, which outlive connections, and
/// the connection they use. Any thread, but for what is marked.
/// </summary>
/// <remarks>
/// Both peers may dial at the same moment; both then keep the connection dialled by the peer whose name is lower. A
/// connection can be replaced at any time: what was unsettled on it is sent again on the next one, and the peer, which
/// counts per lane and not per connection, drops what it had.
/// </remarks>
internal sealed class PeerLink
{
    /// <summary>Code of a connection that another one replaces.</summary>
    public const ulong CloseReplaced = 1;

    /// <summary>How many ids of messages that may be sent again are remembered for each peer.</summary>
    private const int RepeatableIds = 4096;

    private readonly MemberId _self;
    private readonly LinkSettings _settings;
    private readonly Lock _sessions = new();
    private readonly SendLane?[] _lanes = new SendLane?[FrameCodec.LanesMax];
    private readonly LaneReceiver?[] _receivers = new LaneReceiver?[FrameCodec.LanesMax];
    private readonly ulong _idHigh;
    private ulong _receiverGeneration;
    private long _idLow;
    private PeerSession? _current;
    private (ulong Generation, int FrameBytesMax, PeerFeatures Features) _known;
    private FailureReason _stopped;

    public PeerLink(MemberId self, MemberId peer, ulong idHigh, LinkSettings settings)
    {
        _self = self;
        Peer = peer;
        _idHigh = idHigh;
        _settings = settings;
        Backoff = new Backoff();
    }

    public MemberId Peer { get; }

    /// <summary>The generation of this node's process.</summary>
    public ulong Generation => _settings.Generation;

    /// <summary>When to dial again after failures. Guarded by the owner of all links.</summary>
    public Backoff Backoff { get; }

    /// <summary>The connection to use for datagrams and for reports: the newest that is open.</summary>
    public ITransportConnection? Connection { get; private set; }

    /// <summary>The connection that carries the messages.</summary>
    public PeerSession? Session => Volatile.Read(ref _current);

    /// <summary>When the link last lost or got a connection, in <see cref="Stopwatch"/> ticks: what it knows of the peer is kept for a while after.</summary>
    public long LastChange { get; private set; } = Stopwatch.GetTimestamp();

    /// <summary>The ids of messages of the peer that it may send again. Transport's thread.</summary>
    public RecentIds RecentIds { get; } = new(RepeatableIds);

    /// <summary>Whether something is to be sent and there is no connection.</summary>
    public bool NeedsConnection => Array.Exists(_lanes, static lane => lane?.NeedsConnection == true);

    /// <summary>Control messages not settled.</summary>
    public int Pending => _lanes.Sum(static lane => lane?.Pending ?? 0);

    /// <summary>How the lanes are doing.</summary>
    public IReadOnlyList<LaneReport> LaneReports() => [.. _lanes.OfType<SendLane>().Select(lane => lane.Report())];

    /// <summary>Sends a message; completes when it is settled.</summary>
    public ValueTask<SendResult> Send(ReadOnlyMemory<byte> payload, string topic, in SendSettings settings, CancellationToken cancellationToken)
    {
        var encoded = Topics.Encode(topic, stackalloc byte[FrameCodec.TopicBytesMax]);
        cancellationToken.ThrowIfCancellationRequested();
        var lane = settings.Lane ?? MessageLanes.OfTopic(topic, _settings.DataLanes);
        return Lane(lane).Send(payload, topic, encoded, settings, cancellationToken);
    }

    /// <summary>An id for a message of this link.</summary>
    public Guid NextId()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, _idHigh);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], Interlocked.Increment(ref _idLow));
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>A number above all epochs this node has used.</summary>
    public ulong NextEpoch() => _settings.NextEpoch();

    /// <summary>Sees to it that there will be a connection.</summary>
    public void Dial() => _settings.Dial(this);

    /// <summary>Settles what has passed its deadline.</summary>
    public void Expire()
    {
        var now = Stopwatch.GetTimestamp();
        foreach (var lane in _lanes)
        {
            lane?.Expire(now);
        }
    }

    /// <summary>The peer is gone for good: nothing is certain about what was sent, and the rest was not.</summary>
    public void GiveUp(FailureReason reason)
    {
        foreach (var lane in _lanes)
        {
            lane?.GiveUpAll(reason);
        }
    }

    /// <summary>This node stops: nothing waits any more, and nothing will.</summary>
    public void Stop()
    {
        lock (_sessions)
        {
            _stopped = FailureReason.Stopping;
        }

        foreach (var lane in _lanes)
        {
            lane?.Stop();
        }
    }

    /// <summary>A connection is up; datagrams may use it. Messages wait for the peer's hello.</summary>
    public void Connected(ITransportConnection connection)
    {
        lock (_sessions)
        {
            LastChange = Stopwatch.GetTimestamp();
            if (_current is null || !_current.Connection.IsOpen)
            {
                Connection = connection;
            }
        }
    }

    /// <summary>A resumed connection may carry data already: sends there what is unsettled, for the process that was there before.</summary>
    public void BeginEarly(PeerSession session)
    {
        lock (_sessions)
        {
            if (_current is null && _known.Generation != 0)
            {
                session.BeginEarly(_known.Generation, _known.FrameBytesMax, _known.Features);
                Use(session);
            }
        }
    }

    /// <summary>The peer has said hello on a connection, so its process is known: decides which one carries the messages.</summary>
    public void Admit(PeerSession session)
    {
        PeerSession? replaced = null;
        lock (_sessions)
        {
            var other = _current;
            if (ReferenceEquals(other, session))
            {
                _known = (session.Generation, session.PeerFrameBytesMax, session.PeerFeatures);
                Array.ForEach(_lanes, lane => lane?.PeerKnown(session));
                return;
            }

            // Another one takes over when there is none, when the peer restarted, when it is the one both sides prefer, or when
            // the same side dialled again, because it lost the former one or wants another certificate on it.
            var better = other is null || !other.Connection.IsOpen || session.Generation > other.Generation
                || (session.Generation == other.Generation && (session.Connection.IsOutgoing == other.Connection.IsOutgoing || IsPreferred(session)));
            replaced = better ? other : session;
            if (better)
            {
                _known = (session.Generation, session.PeerFrameBytesMax, session.PeerFeatures);
                Use(session);
            }
        }

        replaced?.Connection.Close(CloseReplaced, "replaced by another connection");
    }

    /// <summary>A connection is gone: what was unsettled on it goes to another one.</summary>
    public void Disconnected(PeerSession session)
    {
        lock (_sessions)
        {
            LastChange = Stopwatch.GetTimestamp();
            if (ReferenceEquals(Connection, session.Connection))
            {
                Connection = null;
            }

            if (!ReferenceEquals(_current, session))
            {
                return;
            }

            _current = null;
            foreach (var lane in _lanes)
            {
                lane?.Detach(session);
            }
        }
    }

    /// <summary>Where the messages of a lane of the peer are counted. Transport's thread.</summary>
    /// <param name="opening">What the peer says of the lane.</param>
    /// <param name="confirmed">False before the handshake is done: then nothing may begin that a repeated packet could begin twice.</param>
    /// <param name="continuation">How it continues what is known.</param>
    /// <returns><see langword="null"/> when the messages cannot be taken.</returns>
    public LaneReceiver? Receiver(in LaneOpening opening, bool confirmed, out LaneContinuation continuation)
    {
        continuation = LaneContinuation.Lost;
        var means = opening.PeerGeneration == 0 || opening.PeerGeneration == Generation;
        if (!means || (!confirmed && (opening.Generation != _receiverGeneration || _receivers[opening.Lane]?.Epoch != opening.Epoch)))
        {
            return null;
        }

        if (opening.Generation < _receiverGeneration)
        {
            continuation = LaneContinuation.Stale;
            return null;
        }

        if (opening.Generation > _receiverGeneration)
        {
            _receiverGeneration = opening.Generation;
            foreach (ref var former in _receivers.AsSpan())
            {
                former?.End();
                former = null;
            }
        }

        // Each epoch has a receiver of its own, so that a stream of an earlier one cannot speak for it.
        var known = _receivers[opening.Lane];
        var receiver = known is null || (opening.Epoch > known.Epoch && opening.First == 1) ? new LaneReceiver() : known;
        continuation = receiver.Open(opening.Epoch, opening.First, opening.Window);
        if (continuation is not (LaneContinuation.New or LaneContinuation.Known))
        {
            return null;
        }

        if (receiver != known)
        {
            known?.End();
            _receivers[opening.Lane] = receiver;
        }

        return receiver;
    }

    private bool IsPreferred(PeerSession session) => (_self.CompareTo(Peer) < 0) == session.Connection.IsOutgoing;

    private void Use(PeerSession session)
    {
        Volatile.Write(ref _current, session);
        Connection = session.Connection;
        foreach (var lane in _lanes)
        {
            lane?.Attach(session);
        }
    }

    private SendLane Lane(int number)
    {
        if (Volatile.Read(ref _lanes[number]) is { } known)
        {
            return known;
        }

        lock (_sessions)
        {
            if (_lanes[number] is { } made)
            {
                return made;
            }

            var lane = new SendLane(this, number, _settings.Limits, _settings.Metrics);
            if (_current is { } session)
            {
                lane.Attach(session);
            }

            if (_stopped != FailureReason.None)
            {
                lane.Stop();
            }

            Volatile.Write(ref _lanes[number], lane);
            return lane;
        }
    }
}
