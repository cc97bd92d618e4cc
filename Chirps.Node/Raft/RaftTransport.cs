using System.Collections.Concurrent;
using Chirps.Engine.Membership;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chirps.Node.Raft;

/// <summary>
/// The transport of consensus groups over a node: one topic on the urgent lane, one on the bulk lane, one outbox for each peer and lane, one bounded queue
/// for each group.
/// </summary>
/// <remarks>Create one for a node. What arrives before a group is opened is lost, as if it had been sent to a node that is not there.</remarks>
public sealed class RaftTransport : IRaftTransport, IAsyncDisposable
{
    /// <summary>The topic of <see cref="RaftMessageClass.Consensus"/>.</summary>
    internal const string Topic = "chirps.raft";

    /// <summary>The topic of <see cref="RaftMessageClass.Bulk"/>.</summary>
    internal const string BulkTopic = "chirps.raft.bulk";

    private readonly IMeshNode _node;
    private readonly ConcurrentDictionary<ulong, RaftGroup> _groups = new();
    private readonly ConcurrentDictionary<(MemberId Peer, RaftMessageClass Class), RaftOutbox> _outboxes = new();
    private readonly MeshSubscription[] _subscriptions;
    private readonly Task[] _pumps;
    private readonly int _messageBytesMax;
    private volatile bool _closed;

    /// <summary>Begins to receive.</summary>
    /// <param name="node">The node.</param>
    /// <param name="options">Bounds.</param>
    /// <param name="limits">The node's own bounds.</param>
    /// <param name="logger">Told of what readers and sinks throw.</param>
    public RaftTransport(IMeshNode node, RaftOptions? options = null, LimitOptions? limits = null, ILogger<RaftTransport>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(node);
        _node = node;
        Log = logger ?? NullLogger<RaftTransport>.Instance;
        Options = options ?? new RaftOptions();
        Metrics = new RaftMetrics((node as MeshNode)?.Metrics);
        Requests = new RaftRequests(Options.Requests);
        SnapshotRate = new ByteRate(Options.SnapshotBytesPerSecond);
        _messageBytesMax = (limits ?? new LimitOptions()).ControlBytes;
        _subscriptions = [node.Subscribe(Topic), node.Subscribe(BulkTopic)];
        _pumps = [.. _subscriptions.Select((subscription, index) => Task.Run(() => PumpAsync(subscription, (RaftMessageClass)index)))];
    }

    /// <inheritdoc />
    public MemberId Self => _node.Membership.Self.Id;

    internal ILogger Log { get; }

    /// <summary>Bounds.</summary>
    internal RaftOptions Options { get; }

    /// <summary>Bytes of a snapshot's chunk: as configured, unless a message may not be that long.</summary>
    internal int ChunkBytes => Math.Min(Options.SnapshotChunkBytes, _messageBytesMax - RaftFrame.HeaderBytes - 1 - RaftSnapshotCodec.HeaderBytes);

    /// <summary>What is counted.</summary>
    internal RaftMetrics Metrics { get; }

    /// <summary>Requests that wait for their answers.</summary>
    internal RaftRequests Requests { get; }

    /// <summary>The rate that all snapshots share.</summary>
    internal ByteRate SnapshotRate { get; }

    /// <inheritdoc />
    public IRaftGroup Open(ulong group, RaftGroupOptions? options = null)
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        var opened = new RaftGroup(this, group, options ?? new RaftGroupOptions());
        return _groups.TryAdd(group, opened) ? opened : throw new InvalidOperationException($"The group {group} is open on this node already.");
    }

    /// <inheritdoc />
    public RaftPeerFeed WatchPeers() => new(_node.WatchMembership());

    /// <summary>Closes all groups and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _closed = true;
        Requests.Close();
        Array.ForEach(_subscriptions, subscription => subscription.Dispose());
        await Task.WhenAll(_pumps).ConfigureAwait(false);
        foreach (var group in _groups.Values)
        {
            group.Dispose();
        }
    }

    /// <summary>Whether a topic is the transport's own.</summary>
    internal static bool IsTopic(string topic) => topic is Topic or BulkTopic;

    /// <summary>Puts a frame into the outbox of a peer.</summary>
    internal RaftSend Send(MemberId to, RaftMessageClass messageClass, RaftFrameKind kind, ulong group, ulong correlation, ReadOnlySpan<byte> message)
        => _closed ? RaftSend.Closed
            : _outboxes.GetOrAdd((to, messageClass), static (key, self) => new RaftOutbox(self._node, key.Peer, key.Class, self.Options, self._messageBytesMax, self.Metrics, self.Requests), this)
                .Add(kind, group, correlation, message);

    /// <summary>The group was closed.</summary>
    internal void Remove(RaftGroup group) => _groups.TryRemove(new KeyValuePair<ulong, RaftGroup>(group.Id, group));

    private async Task PumpAsync(MeshSubscription subscription, RaftMessageClass messageClass)
    {
        while (await subscription.Messages.WaitToReadAsync().ConfigureAwait(false))
        {
            while (subscription.Messages.TryRead(out var message))
            {
                Take(message.From, message.Payload, messageClass);
                message.Dispose();
            }
        }
    }

    private void Take(MemberId from, ReadOnlyMemory<byte> bytes, RaftMessageClass messageClass)
    {
        if (bytes.IsEmpty || bytes.Span[0] != RaftFrame.Version)
        {
            Metrics.Drop(RaftDrop.Malformed);
            return;
        }

        bytes = bytes[1..];
        while (RaftFrame.TryRead(ref bytes, out var frame))
        {
            // A copy of each: readers keep it, the node's buffer is used again, and a short message must not hold a long write.
            Metrics.Received(messageClass);
            Dispatch(from, frame with { Message = frame.Message.ToArray() }, messageClass);
        }

        if (!bytes.IsEmpty)
        {
            Metrics.Drop(RaftDrop.Malformed);
        }
    }

    private void Dispatch(MemberId from, in RaftFrame frame, RaftMessageClass messageClass)
    {
        if (frame.Kind is RaftFrameKind.Answer or RaftFrameKind.NoGroup)
        {
            Requests.Answered(from, frame);
            return;
        }

        if (!_groups.TryGetValue(frame.Group, out var group))
        {
            Metrics.Drop(RaftDrop.NoGroup);
            if (frame.Kind is RaftFrameKind.Request or RaftFrameKind.Snapshot)
            {
                Send(from, messageClass, RaftFrameKind.NoGroup, frame.Group, frame.Correlation, []);
            }

            return;
        }

        // A message without a correlation is none that wants an answer, whatever its kind says.
        var delivery = new RaftDelivery(from, frame.Message, messageClass, frame.Kind == RaftFrameKind.OneWay ? 0 : frame.Correlation);
        if (!(frame.Kind == RaftFrameKind.Snapshot ? group.TryPostSnapshot(delivery) : group.TryPost(delivery)))
        {
            Metrics.Drop(RaftDrop.GroupFull);
        }
    }
}
