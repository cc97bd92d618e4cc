using Chirps.Iggy.Embedded.Log;
using Chirps.Node.Metrics;

namespace Chirps.Iggy.Backend;

/// <summary>What a hosted server counts, among the instruments of its node.</summary>
internal sealed class HostMetrics
{
    public HostMetrics(MetricTable table, Func<long> connections)
    {
        var syncs = table.Histogram("chirps.server.sync.duration", "Durable server: each time a file was put on stable storage.");
        Log = new LogCounters { SyncTaken = duration => syncs.Record(duration) };
        table.ObservedCounter("chirps.server.messages", "{message}", "Durable server: messages stored.", null, [], _ => Log.Messages);
        table.ObservedCounter("chirps.server.written", "By", "Durable server: bytes written for them.", null, [], _ => Log.Bytes);
        table.ObservedCounter("chirps.server.commits", "{commit}", "Durable server: groups of sends that were written together; messages by commits is the batch size.", null, [], _ => Log.Commits);
        table.Gauge("chirps.server.connections", "{connection}", "Durable server: connections at the moment.", connections);
    }

    /// <summary>What the server's logs have written, over all its restarts in this process.</summary>
    public LogCounters Log { get; }
}
