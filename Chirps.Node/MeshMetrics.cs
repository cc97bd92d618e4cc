using System.Diagnostics.Metrics;
using Chirps.Engine.Membership;
using Chirps.Engine.State;
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
    private static readonly string[] _profiles = [.. Enum.GetNames<Profile>().Select(MetricTable.Label)];
    private static readonly string[] _reasons = [.. Enum.GetNames<DropReason>().Select(MetricTable.Label)];
    private static readonly string[] _outcomeNames = [.. Enum.GetNames<Outcome>().Select(MetricTable.Label)];

    private readonly Meter _meter;
    private readonly CounterFamily _sent;
    private readonly CounterFamily _received;
    private readonly CounterFamily _bytesSent;
    private readonly CounterFamily _bytesReceived;
    private readonly CounterFamily _drops;
    private readonly CounterFamily _outcomes;
    private readonly CounterFamily _connected;
    private readonly CounterFamily _handshakes;
    private readonly CounterFamily _retransmits;
    private readonly CounterFamily _conflicts;
    private readonly CounterFamily _duplicates;
    private readonly CounterFamily _disconnected;
    private readonly CounterFamily _refused;
    private readonly CounterFamily _dials;
    private readonly CounterFamily _transitions;
    private readonly CounterFamily _reloads;
    private readonly DurationHistogram _ping;
    private readonly DurationHistogram _delivery;

    public MeshMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(new MeterOptions("Chirps.Node"));
        Table = new MetricTable(_meter);
        _sent = Table.Counter("chirps.messages.sent", "{message}", "Messages handed to a backend, by profile.", "profile", _profiles);
        _received = Table.Counter("chirps.messages.received", "{message}", "Messages put into a subscriber's queue, by profile.", "profile", _profiles);
        _bytesSent = Table.Counter("chirps.payload.sent", "By", "Payload bytes handed to a backend, by profile.", "profile", _profiles);
        _bytesReceived = Table.Counter("chirps.payload.received", "By", "Payload bytes put into a subscriber's queue, by profile.", "profile", _profiles);
        _drops = Table.Counter("chirps.message.drops", "{message}", "Messages and datagrams lost on this node, by reason.", "reason", _reasons);
        _outcomes = Table.Counter("chirps.sends", "{message}", "Finished sends by outcome.", "outcome", _outcomeNames);
        _connected = Table.Counter("chirps.transport.connections.opened", "{connection}", "Connections established, by who dialled.", "direction", "outgoing", "incoming");
        _handshakes = Table.Counter("chirps.transport.handshakes", "{handshake}", "Handshakes that led to a connection: full, resumed, or resumed with early data (0-RTT).", "kind", [.. Enum.GetNames<HandshakeKind>().Select(MetricTable.Label)]);
        _conflicts = Table.Counter("swim.identity.conflicts", "{event}", "Times another process claimed a member's name and generation.");
        _retransmits = Table.Counter("chirps.retransmits", "{message}", "Control messages sent again on another connection.");
        _duplicates = Table.Counter("chirps.duplicates", "{message}", "Control messages received again and not handed over again.");
        _disconnected = Table.Counter("chirps.transport.connections.closed", "{connection}", "Established connections that ended.");
        _refused = Table.Counter("chirps.transport.peers.refused", "{handshake}", "Handshakes refused by this node, by reason.", "reason", [.. Enum.GetNames<PeerRefusal>()[1..].Select(MetricTable.Label)]);
        _dials = Table.Counter("chirps.transport.dials.failed", "{handshake}", "Dials of this node that did not lead to a connection.");
        _transitions = Table.Counter("chirps.swim.events", "{event}", "Membership changes by new status.", "status", "alive", "suspect", "dead", "left");
        _reloads = Table.Counter("chirps.tls.reloads", "{reload}", "Changed certificate files that were brought into force, or could not be.", "result", "ok", "failed");
        _ping = Table.Histogram("chirps.ping.duration", "Round trip of answered direct pings.");
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

    public void SendFinished(Outcome outcome) => _outcomes.Add((int)outcome);

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

    public void PingAnswered(TimeSpan roundTrip) => _ping.Record(roundTrip);

    /// <summary>Publishes what others hold: called once, when the node is put together.</summary>
    public void Observe(Func<MembershipView> membership, Func<SwimCounters> swim, Func<NodeReport> node, Func<EndpointStatistics> transport, Func<IReadOnlyList<NodeStateView>> state)
    {
        Table.Gauge("chirps.membership.alive", "{member}", "Members held to be alive.", () => membership().Count(MemberStatus.Alive));
        Table.Gauge("chirps.membership.suspect", "{member}", "Members under suspicion.", () => membership().Count(MemberStatus.Suspect));
        Table.Gauge("swim.members.alive", "{member}", "Members held to be alive.", () => membership().Count(MemberStatus.Alive));
        Table.Gauge("swim.members.suspect", "{member}", "Members under suspicion.", () => membership().Count(MemberStatus.Suspect));
        Table.Gauge("swim.members.dead", "{member}", "Members declared dead.", () => membership().Count(MemberStatus.Dead));
        Table.Gauge("swim.local.health", "1", "Local health multiplier; 0 is healthy.", () => node().LocalHealth);
        Table.Gauge("chirps.transport.connections.active", "{connection}", "Open connections.", () => node().Connections);
        Table.Gauge("chirps.control.pending", "{message}", "Control messages sent and not yet acknowledged.", () => node().PendingControl);
        Table.Gauge("chirps.state.keys", "{key}", "Key-values held, of all nodes.", () => state().Sum(node => (long)node.Entries.Count));
        Table.Gauge("chirps.state.nodes", "{node}", "Nodes with key-values.", () => state().Count);
        SwimMetrics.Register(Table, swim);
        TransportMetrics.Register(Table, transport);
    }

    /// <summary>Publishes how long our own certificate is still valid; below zero once it has expired.</summary>
    public void ObserveCertificate(Func<long> secondsLeft)
        => Table.Gauge("chirps.tls.certificate.expiry", "s", "Time until the certificate of this node expires.", secondsLeft);

    public void Dispose() => _meter.Dispose();
}
