using Chirps.Node.Metrics;

namespace Chirps.Iggy.Backend;

/// <summary>What the backend of durable messages counts, among the instruments of its node.</summary>
internal sealed class DurableMetrics
{
    private readonly DurationHistogram _publish;
    private readonly CounterFamily _queued;
    private readonly CounterFamily _delivered;
    private readonly CounterFamily _resent;
    private readonly CounterFamily _refused;
    private readonly CounterFamily _foreign;

    public DurableMetrics(MetricTable table, Outbox outbox, Func<long> inboxLag, Func<long> broadcastLag)
    {
        _publish = table.Histogram("chirps.durable.publish.duration", "Durable messages from send to the server's answer.");
        _queued = table.Counter("chirps.outbox.queued", "{message}", "Messages put into the outbox because the server could not be reached.");
        _delivered = table.Counter("chirps.outbox.delivered", "{message}", "Messages of the outbox that the server has stored.");
        _resent = table.Counter("chirps.outbox.resent", "{message}", "Messages of the outbox that were sent again because the answer was lost; the server knows them by their ids.");
        _refused = table.Counter("chirps.outbox.refused", "{message}", "Messages of the outbox that the server will not take; the log names them.");
        _foreign = table.Counter("chirps.durable.foreign", "{message}", "Stored messages that were passed over: another program wrote them.");
        table.Gauge("chirps.outbox.depth", "{message}", "Messages in the outbox.", () => outbox.Count);
        table.Gauge("chirps.outbox.size", "By", "Bytes of the messages in the outbox.", () => outbox.Bytes);
        table.Gauge("chirps.durable.lag.inbox", "{message}", "Messages in this node's inbox that it has not read yet.", inboxLag);
        table.Gauge("chirps.durable.lag.broadcast", "{message}", "Broadcasts that this node has not read yet.", broadcastLag);
    }

    public void Published(TimeSpan duration) => _publish.Record(duration);

    public void Queued() => _queued.Add();

    public void Delivered(int count) => _delivered.Add(0, count);

    public void Resent(int count) => _resent.Add(0, count);

    public void Refused() => _refused.Add();

    public void ForeignRead() => _foreign.Add();
}
