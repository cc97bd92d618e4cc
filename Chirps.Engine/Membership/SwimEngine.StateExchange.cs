using System.Numerics;
using Chirps.Engine.State;
using Chirps.Engine.Time;
using Chirps.Engine.Wire;

namespace Chirps.Engine.Membership;

/// <content>Bringing everybody's key-values to everybody: summaries, digests, deltas.</content>
/// <remarks>
/// Scuttlebutt with the roles of chitchat's SYN, SYN-ACK and ACK. While something changes, a round each gossip interval compares with
/// some random members; else one comparison each interval of the state settings. A comparison begins with the whole digest
/// if that fits a datagram and a change is about, else with one hash per bucket of names, which costs little when all agree.
/// </remarks>
public sealed partial class SwimEngine
{
    private const int CollectionsPerGrace = 16;

    private void ScheduleStateRounds()
    {
        // Each round multiplies the holders by one more than the fanout; two more for what is lost.
        _stateRounds = (BitOperations.Log2((uint)_members.PresentCount) / 2) + 3;
        var soon = MeshInstant.Max(_now, _lastStateRound + _settings.GossipInterval);
        if (!IsLeaving && (_deadlines[SwimDeadline.StateRound] is not { } due || due > soon))
        {
            _deadlines.Set(SwimDeadline.StateRound, soon);
        }
    }

    private void CompareStates(MeshInstant now)
    {
        var isActive = _stateRounds > 0;
        _stateRounds -= isActive ? 1 : 0;
        _lastStateRound = now;
        var interval = _stateRounds > 0 ? _settings.GossipInterval : _settings.State.Interval * (0.75 + (0.5 * _random.NextDouble()));
        _deadlines.Set(SwimDeadline.StateRound, now + interval);
        if (!isActive && _state.Bytes == 0)
        {
            return;
        }

        foreach (var peer in _picker.Pick(now, isActive ? _settings.State.Fanout : 1, PeerFilter.Alive, _self))
        {
            if (!isActive || !TrySendWholeDigest(now, Peer.Of(peer)))
            {
                SendSummary(MessageKind.StateSummary, MessageFlags.None, _state.Buckets, Peer.Of(peer));
            }
        }
    }

    private void SendSummary(MessageKind kind, MessageFlags flags, ReadOnlySpan<uint> buckets, Peer to)
    {
        var buffer = BeginDatagram(Head(kind, 0, flags), out var writer);
        foreach (var bucket in buckets)
        {
            writer.WriteUInt32(bucket);
        }

        Post(buffer, writer.Written, to, urgent: false);
    }

    private bool TrySendWholeDigest(MeshInstant now, Peer to)
    {
        var room = _settings.DatagramBytesMax - SwimCodec.HeaderBytes - 8 - 8 - 1 - _self.NameUtf8.Length - 4;
        foreach (var node in _state.Nodes)
        {
            room -= WireDigest.FixedBytes + node.NameUtf8.Length;
            if (room < 0)
            {
                return false;
            }
        }

        var buffer = BeginDatagram(Head(MessageKind.StateDigest, 0, MessageFlags.RequestTable), out var writer);
        foreach (var node in _state.Nodes)
        {
            if (_state.IsShared(now, node))
            {
                DigestOf(node).Write(ref writer);
            }
        }

        Post(buffer, writer.Written, to, urgent: false);
        return true;
    }

    /// <summary>Answers a summary with digests of the nodes in the buckets that differ, from a random one on: the limit must not hit the same ones each time.</summary>
    private void OnStateSummary(MeshInstant now, scoped in SwimMessage message, Peer sender)
    {
        var differing = DifferingBuckets(message.Body, _state.Buckets);
        var nodes = _state.Nodes;
        var start = differing == 0 ? 0 : _random.Next(nodes.Count);
        var index = 0;
        for (var sent = 0; sent < _settings.State.DatagramsPerAnswer && differing != 0 && index < nodes.Count; sent++)
        {
            var buffer = BeginDatagram(Head(MessageKind.StateDigest, 0, MessageFlags.RequestTable), out var writer);
            for (; index < nodes.Count; index++)
            {
                var node = nodes[(start + index) % nodes.Count];
                if ((differing >> StateCodec.BucketOf(node.NameHash) & 1) == 0 || !_state.IsShared(now, node))
                {
                    continue;
                }

                if (WireDigest.FixedBytes + node.NameUtf8.Length > writer.Room)
                {
                    break;
                }

                DigestOf(node).Write(ref writer);
            }

            Post(buffer, writer.Written, sender, urgent: false);
        }
    }

    private static ulong DifferingBuckets(ReadOnlySpan<byte> summary, ReadOnlySpan<uint> own)
    {
        var differing = 0UL;
        for (var bucket = 0; bucket < StateCodec.Buckets; bucket++)
        {
            differing |= StateCodec.BucketAt(summary, bucket) == own[bucket] ? 0 : 1UL << bucket;
        }

        return differing;
    }

    /// <summary>Answers a digest with what its sender lacks and, where it asks for that, with a digest of what this node lacks.</summary>
    private void OnStateDigest(MeshInstant now, scoped in SwimMessage message, Peer sender)
    {
        _plan.Begin();
        var mayAsk = (message.Flags & MessageFlags.RequestTable) != 0;
        var buffer = BeginDatagram(Head(MessageKind.StateDigest, 0), out var wants);
        var head = wants.Written;
        var digests = message.Body;
        while (StateCodec.TryNextDigest(ref digests, out var digest))
        {
            if (_members.Find(digest.Name) is not { } record || record.Key.Generation != digest.Generation || !_state.IsShared(now, record.State))
            {
                continue;
            }

            _plan.Add(record.State, digest);
            var fits = WireDigest.FixedBytes + digest.Name.Length <= wants.Room;
            if (mayAsk && fits && record != _self && record.State.MaxVersion < digest.MaxVersion)
            {
                DigestOf(record.State).Write(ref wants);
            }
        }

        if (wants.Written > head)
        {
            Post(buffer, wants.Written, sender, urgent: false);
        }
        else
        {
            _outbox.Return(buffer);
        }

        SendDeltas(now, sender);
    }

    private void SendDeltas(MeshInstant now, Peer to)
    {
        _plan.Sort();
        for (var sent = 0; sent < _settings.State.DatagramsPerAnswer && _plan.HasNext; sent++)
        {
            var buffer = BeginDatagram(Head(MessageKind.StateDelta, 0), out var writer);
            if (_plan.TryFill(ref writer))
            {
                Post(buffer, writer.Written, to, urgent: false);
                _counters.StateDeltasSent++;
            }
            else
            {
                _outbox.Return(buffer);
            }
        }

        if (_plan.HasRest && to.Record is { } record && (record.LastTransfer is not { } last || now - last >= _settings.State.Interval))
        {
            record.LastTransfer = now;
            Transfer(to);
        }
    }

    private void Transfer(Peer to)
    {
        _plan.Rewind();
        var length = StateCodec.TransferHeadBytes + _plan.RestBytes;
        var bytes = new byte[(int)Math.Min(length, _settings.State.TransferBytesMax)];
        var writer = new ByteWriter(bytes);
        WriteTransferHead(ref writer, MessageKind.StateDelta, MessageFlags.None);
        if (_plan.TryFill(ref writer))
        {
            HandOut(to, bytes.AsMemory(0, writer.Written));
        }
    }

    private void MergeStates(MeshInstant now, ReadOnlySpan<byte> deltas)
    {
        var isNews = false;
        while (StateCodec.TryNextDelta(ref deltas, out var delta))
        {
            if (_members.Find(delta.Name) is not { } record || record == _self || record.Key.Generation != delta.Generation || !_state.IsShared(now, record.State))
            {
                continue;
            }

            var before = record.State.MaxVersion;
            switch (_state.Merge(now, record.State, delta))
            {
                case StateMerge.Applied:
                    _counters.StateDeltasApplied++;
                    break;
                case StateMerge.Gap:
                    _counters.Drop(DropReason.StateGap);
                    break;
                case StateMerge.OverQuota:
                    _counters.Drop(DropReason.StateOverQuota);
                    break;
                default:
                    break;
            }

            isNews |= record.State.MaxVersion > before;
        }

        if (isNews)
        {
            ScheduleStateRounds();
        }
    }

    private static WireDigest DigestOf(NodeState node) => new()
    {
        Name = node.NameUtf8,
        Generation = node.Generation,
        LastGcVersion = node.LastGcVersion,
        MaxVersion = node.MaxVersion,
    };

    private byte[] BeginDatagram(scoped in SwimMessage head, out ByteWriter writer)
    {
        var buffer = _outbox.Rent();
        writer = new ByteWriter(buffer.AsSpan(0, _settings.DatagramBytesMax));
        SwimCodec.WriteHead(ref writer, head);
        return buffer;
    }
}
