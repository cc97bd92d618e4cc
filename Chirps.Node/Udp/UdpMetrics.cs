using Chirps.Engine.Carrier;
using Chirps.Node.Metrics;

namespace Chirps.Node.Udp;

/// <summary>What the udp carrier counts.</summary>
internal sealed class UdpMetrics
{
    private readonly CounterFamily _sent;
    private readonly CounterFamily _received;
    private readonly CounterFamily _bytesSent;
    private readonly CounterFamily _bytesReceived;
    private readonly CounterFamily _unsent;
    private readonly CounterFamily _dropped;
    private readonly CounterFamily _unreachable;
    private readonly CounterFamily _reloads;
    private long _key;

    public UdpMetrics(MetricTable table)
    {
        _sent = table.Counter("chirps.udp.packets.sent", "{packet}", "Membership packets handed to the kernel.");
        _received = table.Counter("chirps.udp.packets.received", "{packet}", "Membership packets taken.");
        _bytesSent = table.Counter("chirps.udp.sent", "By", "UDP payload of membership sent.");
        _bytesReceived = table.Counter("chirps.udp.received", "By", "UDP payload of membership taken.");
        _unsent = table.Counter("chirps.udp.packets.unsent", "{packet}", "Membership packets the kernel did not take, or that had no address to go to.");
        _dropped = table.Counter("chirps.udp.packets.dropped", "{packet}", "Packets on the membership port that were dropped, by reason.", MetricLabels.Of<PacketFault>("reason", skipped: 1));
        _unreachable = table.Counter("chirps.udp.unreachable", "{report}", "Times the network said that a member cannot be reached; it is probed then.");
        _reloads = table.Counter("chirps.udp.key.reloads", "{reload}", "Changes of the key file, by result.", "result", "ok", "failed");
        table.Gauge("chirps.udp.key", "1", "Number of the key that packets are sealed with.", () => Interlocked.Read(ref _key));
    }

    /// <summary>Packets dropped because too many came.</summary>
    public long RateLimited => new[] { PacketFault.PeerLimited, PacketFault.StrangersLimited, PacketFault.RateLimited }.Sum(fault => _dropped.Read((int)fault - 1));

    public void Sent(int bytes)
    {
        _sent.Add();
        _bytesSent.Add(0, bytes);
    }

    public void Received(int bytes)
    {
        _received.Add();
        _bytesReceived.Add(0, bytes);
    }

    public void Unsent() => _unsent.Add();

    public void Dropped(PacketFault fault) => _dropped.Add((int)fault - 1);

    public void Unreachable() => _unreachable.Add();

    public void KeysReloaded(bool succeeded) => _reloads.Add(succeeded ? 0 : 1);

    public void KeyInUse(byte id) => Interlocked.Exchange(ref _key, id);
}
