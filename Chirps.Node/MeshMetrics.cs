using System.Diagnostics.Metrics;
using Chirps.Engine.Membership;
using Chirps.Node.Metrics;
using Chirps.Quic;

namespace Chirps.Node;

/// <summary>Why a message or datagram was lost on this node. The values of the metric label <c>reason</c>.</summary>
internal enum DropReason
{
    NoSubscriber,
    SubscriberFull,
    NotConnected,
    QueueFull,
    InboxFull,
    Malformed,
    WrongCarrier,
}

/// <summary>
/// What one node counts. Names are those of the published Chirps and gossip-membership documentation. One
/// instance per node: two nodes in one process do not mix.
/// </summary>
internal sealed class MeshMetrics : IDisposable
{
    private static readonly MetricLabels _profiles = MetricLabels.Of<Profile>("profile");
    private static readonly MetricLabels _endings = MetricLabels.Of("outcome", "refuted", "dead", "left");
    private static readonly int _outcomeCount = Enum.GetValues<Outcome>().Length;

    private readonly Meter _meter;
    private readonly CounterFamily _sent;
    private readonly CounterFamily _received;
    private readonly CounterFamily _bytesSent;
    private readonly CounterFamily _bytesReceived;
    private readonly CounterFamily _drops;
    private readonly CounterFamily _outcomes;
    private readonly CounterFamily _failures;
    private readonly CounterFamily _connected;
    private readonly CounterFamily _handshakes;
    private readonly CounterFamily _retransmits;
    private readonly CounterFamily _conflicts;
    private readonly CounterFamily _duplicates;
    private readonly CounterFamily _disconnected;
    private readonly CounterFamily _refused;
    private readonly CounterFamily _dials;
    private readonly CounterFamily _transitions;
    private readonly CounterFamily _falsePositives;
    private readonly CounterFamily _reloads;
    private readonly DurationHistogram _ping;
    private readonly DurationHistogram _probe;
    private readonly DurationHistogram _suspicion;
    private readonly DurationHistogram _delivery;

    /// <summary>Makes the instruments of a node.</summary>
    /// <param name="meters">The scope of the node's meter.</param>
    /// <param name="cluster">The cluster's name.</param>
    /// <param name="node">The node's name. Nodes that share a factory are told apart by both.</param>
    public MeshMetrics(IMeterFactory meters, string cluster = "", string node = "")
    {
        // Not by the factory itself: it keeps its meters, and with them a node that has stopped, until the process ends.
        _meter = new Meter(new MeterOptions(ChirpsTelemetry.MeterName) { Tags = [new("chirps.cluster", cluster), new("chirps.node", node)], Scope = meters });
        Table = new MetricTable(_meter);
        Table.Gauge("chirps.node.info", "1", "Always 1; the labels say which node this is.", MetricLabels.Of("cluster", cluster).By(MetricLabels.Of("node", node)), _ => 1);
        _sent = Table.Counter("chirps.messages.sent", "{message}", "Messages handed to a backend, by profile.", _profiles);
        _received = Table.Counter("chirps.messages.received", "{message}", "Messages put into a subscriber's queue, by profile.", _profiles);
        _bytesSent = Table.Counter("chirps.payload.sent", "By", "Payload bytes handed to a backend, by profile.", _profiles);
        _bytesReceived = Table.Counter("chirps.payload.received", "By", "Payload bytes put into a subscriber's queue, by profile.", _profiles);
        _drops = Table.Counter("chirps.message.drops", "{message}", "Messages and datagrams lost on this node, by reason.", MetricLabels.Of<DropReason>("reason"));
        _outcomes = Table.Counter("chirps.sends", "{message}", "Finished sends by profile and outcome.", _profiles.By(MetricLabels.Of<Outcome>("outcome")));
        _failures = Table.Counter("chirps.send.failures", "{message}", "Finished sends that are not certain to have arrived, by reason.", MetricLabels.Of<FailureReason>("reason", skipped: 1));
        _connected = Table.Counter("chirps.transport.connections.opened", "{connection}", "Connections established, by who dialled.", "direction", "outgoing", "incoming");
        _handshakes = Table.Counter("chirps.transport.handshakes", "{handshake}", "Handshakes that led to a connection: full, resumed, or resumed with early data (0-RTT).", MetricLabels.Of<HandshakeKind>("kind"));
        _conflicts = Table.Counter("swim.identity.conflicts", "{event}", "Times another process claimed a member's name and generation.");
        _retransmits = Table.Counter("chirps.retransmits", "{message}", "Control messages sent again on another connection.");
        _duplicates = Table.Counter("chirps.duplicates", "{message}", "Control messages received again and not handed over again.");
        _disconnected = Table.Counter("chirps.transport.connections.closed", "{connection}", "Established connections that ended.");
        _refused = Table.Counter("chirps.transport.peers.refused", "{handshake}", "Handshakes refused by this node, by reason.", MetricLabels.Of<PeerRefusal>("reason", skipped: 1));
        _dials = Table.Counter("chirps.transport.dials.failed", "{handshake}", "Dials of this node that did not lead to a connection.");
        _transitions = Table.Counter("chirps.swim.events", "{event}", "Membership changes by new status.", MetricLabels.Of<MemberStatus>("status"));
        _falsePositives = Table.Counter("swim.false.positives", "{member}", "Members under suspicion, or declared dead, that turned out to be alive: the same process came back.", "status", "suspect", "dead");
        _reloads = Table.Counter("chirps.tls.reloads", "{reload}", "Changed certificate files that were brought into force, or could not be.", "result", "ok", "failed");
        _ping = Table.Histogram("chirps.ping.duration", "Round trip of answered direct pings.");
        _probe = Table.Histogram("swim.probe.duration", "Round trip of answered probes: by the direct ping, or only after helpers were asked.", MetricLabels.Of("path", "direct", "indirect"), DurationHistogram.Short);
        _suspicion = Table.Histogram("swim.suspicion.duration", "How long suspicions lasted, by how they ended.", _endings, DurationHistogram.Long);
        _delivery = Table.Histogram("chirps.control.duration", "Control messages from send to acknowledgement.");
    }

    /// <summary>All instruments, rendered for <c>/metrics</c>.</summary>
    public MetricTable Table { get; }

    public void MessageSent(Profile profile, int bytes)
    {
        _sent.Add((int)profile);
        _bytesSent.Add((int)profile, bytes);
    }

    public void MessageReceived(Profile profile, int bytes)
    {
        _received.Add((int)profile);
        _bytesReceived.Add((int)profile, bytes);
    }

    public void MessageDropped(DropReason reason) => _drops.Add((int)reason);

    /// <summary>A send has its result.</summary>
    public void SendFinished(Profile profile, Outcome outcome, FailureReason reason)
    {
        _outcomes.Add(((int)profile * _outcomeCount) + (int)outcome);
        if (reason != FailureReason.None)
        {
            _failures.Add((int)reason - 1);
        }
    }

    public void ControlDelivered(TimeSpan duration) => _delivery.Record(duration);

    public void Connected(bool outgoing, HandshakeKind handshake)
    {
        _connected.Add(outgoing ? 0 : 1);
        _handshakes.Add((int)handshake);
    }

    public void IdentityConflict() => _conflicts.Add();

    public void Retransmitted() => _retransmits.Add();

    public void DuplicateReceived() => _duplicates.Add();

    public void Disconnected() => _disconnected.Add();

    public void PeerRefused(PeerRefusal refusal) => _refused.Add((int)refusal - 1);

    public void DialFailed() => _dials.Add();

    public void Transition(MemberStatus status) => _transitions.Add((int)status);

    public void CredentialsReloaded(bool succeeded) => _reloads.Add(succeeded ? 0 : 1);

    public void ProbeAnswered(TimeSpan roundTrip, bool indirect)
    {
        _probe.Record(roundTrip, indirect ? 1 : 0);
        if (!indirect)
        {
            _ping.Record(roundTrip);
        }
    }

    /// <summary>A suspicion is over.</summary>
    public void SuspicionEnded(TimeSpan duration, AccusationOutcome outcome) => _suspicion.Record(duration, (int)outcome - (int)AccusationOutcome.Refuted);

    /// <summary>A member that was suspect, or held dead, is alive.</summary>
    public void FalsePositive(MemberStatus was) => _falsePositives.Add(was == MemberStatus.Suspect ? 0 : 1);

    /// <summary>Publishes how long our own certificate is still valid; below zero once it has expired.</summary>
    public void ObserveCertificate(Func<long> secondsLeft)
        => Table.Gauge("chirps.tls.certificate.expiry", "s", "Time until the certificate of this node expires.", secondsLeft);

    public void Dispose() => _meter.Dispose();
}
