using Chirps.Node.Metrics;

namespace Chirps.Node.Raft;

/// <summary>Why a message of a consensus group was lost on this node. The values of the metric label <c>reason</c>.</summary>
internal enum RaftDrop
{
    /// <summary>Too much waited for the peer.</summary>
    PeerFull,

    /// <summary>Too much waited for the group's reader.</summary>
    GroupFull,

    /// <summary>The group is not open here.</summary>
    NoGroup,

    /// <summary>The bytes were no frame.</summary>
    Malformed,

    /// <summary>The write that carried it was not acknowledged.</summary>
    NotDelivered,
}

/// <summary>What the transport of consensus groups counts, in the node's table.</summary>
internal sealed class RaftMetrics
{
    private readonly CounterFamily? _sent;
    private readonly CounterFamily? _received;
    private readonly CounterFamily? _writes;
    private readonly CounterFamily? _drops;
    private readonly CounterFamily? _snapshots;

    public RaftMetrics(MetricTable? table)
    {
        string[] classes = [.. Enum.GetNames<RaftMessageClass>().Select(MetricTable.Label)];
        _sent = table?.Counter("chirps.raft.messages.sent", "{message}", "Messages of consensus groups that were written to a peer, by class.", "class", classes);
        _received = table?.Counter("chirps.raft.messages.received", "{message}", "Messages of consensus groups received, by class.", "class", classes);
        _writes = table?.Counter("chirps.raft.writes", "{write}", "Writes that carried them, each the messages of all groups that waited for a peer, by class.", "class", classes);
        _drops = table?.Counter("chirps.raft.message.drops", "{message}", "Messages of consensus groups lost on this node, by reason.", "reason", [.. Enum.GetNames<RaftDrop>().Select(MetricTable.Label)]);
        _snapshots = table?.Counter("chirps.raft.snapshot.sent", "By", "Bytes of snapshots that a receiver has confirmed.");
    }

    /// <summary>Messages lost, for tests.</summary>
    public long Dropped(RaftDrop reason) => _drops?.Read((int)reason) ?? 0;

    public void Written(RaftMessageClass messageClass, int messages)
    {
        _sent?.Add((int)messageClass, messages);
        _writes?.Add((int)messageClass);
    }

    public void Received(RaftMessageClass messageClass) => _received?.Add((int)messageClass);

    public void Drop(RaftDrop reason, int messages = 1) => _drops?.Add((int)reason, messages);

    public void SnapshotSent(long bytes) => _snapshots?.Add(0, bytes);
}
