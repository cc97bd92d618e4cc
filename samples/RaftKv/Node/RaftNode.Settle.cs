using Chirps.Engine.Time;
using Chirps.Node.Raft;
using RaftKv.Core;
using RaftKv.Kv;

namespace RaftKv.Node;

/// <content>What follows from an input: messages, writes, applied entries, answers.</content>
internal sealed partial class RaftNode
{
    private static readonly TimeSpan _publishEvery = TimeSpan.FromMilliseconds(20);

    private MeshInstant _publishAt;

    private void Receive(MeshInstant now, Replica replica)
    {
        replica.Unmark();
        while (replica.Transport.TryReceive(out var delivery))
        {
            // A copy: the log keeps the entries, and a view would keep the whole write that brought them, of all groups.
            if (RaftCodec.TryRead(delivery.Message.ToArray(), out var message) && message.Kind != MessageKind.Snapshot)
            {
                if (message.Kind == MessageKind.Heartbeat)
                {
                    HeartbeatArrived?.Invoke(replica.Group);
                }

                replica.Core.Receive(now, delivery.From, message);
            }
        }

        Touch(replica);
    }

    private void Settle(MeshInstant now, Replica replica)
    {
        var core = replica.Core;
        core.Flush(now);
        while (core.TryTakeMessage(out var outbound))
        {
            Send(replica, outbound);
        }

        if (core.TakePersist() is { } request)
        {
            _log.Post(replica.Group, request);
        }

        Apply(replica);
        AnswerReads(replica);
        // A large state is stored after as many bytes as it has itself: what is written for snapshots is then no more than the log.
        if (replica.AppliedBytes >= Math.Max(_options.SnapshotBytes, replica.State.ValueBytes) || (_log.Segments > _options.SegmentsMax && _log.Blocker == replica.Group))
        {
            BeginSnapshot(replica);
        }
    }

    private void Send(Replica replica, Outbound outbound)
    {
        if (outbound.Message.Kind == MessageKind.Snapshot)
        {
            BeginTransfer(replica, outbound);
            return;
        }

        _writer.Clear();
        RaftCodec.Write(_writer, outbound.Message);
        if (replica.Transport.Send(outbound.To, _writer.Written.Span) == RaftSend.TooLarge && replica.TooLargeAt != outbound.Message.Index)
        {
            replica.TooLargeAt = outbound.Message.Index;
            LogTooLarge(replica.Group, outbound.To, _writer.Length);
        }
    }

    private static void Apply(Replica replica)
    {
        if (replica.Core.TryTakeRestore(out var point) && replica.Received is { } received && received.Index == point.Index)
        {
            (replica.State, replica.Applied, replica.AppliedBytes, replica.Received) = (received.State, point.Index, 0, null);
            replica.Restored++;
            Abandon(replica, upTo: point.Index);
        }

        foreach (var entry in replica.Core.TakeCommitted())
        {
            var result = entry.Kind == EntryKind.Command ? replica.State.Apply(entry.Data) : KvResult.Done;
            replica.Applied = entry.Index;
            replica.AppliedBytes += entry.Data.Length;
            if (replica.Proposals.Remove(entry.Index, out var proposal))
            {
                proposal.Answer.TrySetResult(proposal.Term == entry.Term ? new KvAnswer(KvAnswerKind.Applied, result) : new KvAnswer(KvAnswerKind.Unknown));
            }
        }
    }

    private static void AnswerReads(Replica replica)
    {
        while (replica.Core.TryTakeRead(out var outcome))
        {
            if (!replica.Reads.Remove(outcome.Id, out var read))
            {
                continue;
            }

            if (outcome.IsConfirmed)
            {
                replica.Confirmed.Add((outcome.Index, read.Key, read.Answer));
            }
            else
            {
                Decline(replica, read.Answer);
            }
        }

        if (replica.Confirmed.Count == 0)
        {
            return;
        }

        foreach (var (_, key, answer) in replica.Confirmed.Where(read => read.Index <= replica.Applied))
        {
            answer.TrySetResult(new KvAnswer(KvAnswerKind.Value, Value: replica.State.Get(key)));
        }

        replica.Confirmed.RemoveAll(read => read.Index <= replica.Applied);
    }

    /// <summary>Nobody will learn here what became of these.</summary>
    private static void Abandon(Replica replica, ulong upTo = ulong.MaxValue)
    {
        foreach (var index in replica.Proposals.Keys.Where(index => index <= upTo).ToArray())
        {
            replica.Proposals.Remove(index, out var proposal);
            proposal.Answer.TrySetResult(new KvAnswer(KvAnswerKind.Unknown));
        }

        if (upTo < ulong.MaxValue)
        {
            return;
        }

        foreach (var (_, answer) in replica.Reads.Values)
        {
            Decline(replica, answer);
        }
    }

    /// <summary>A leader that stepped down tells its clients at once: their entries may be decided by the next one, or not.</summary>
    private void Publish(MeshInstant now)
    {
        if (now < _publishAt)
        {
            return;
        }

        _publishAt = now + _publishEvery;
        foreach (var replica in _replicas.Values.Where(replica => replica.Proposals.Count > 0 && replica.Core.Role != RaftRole.Leader))
        {
            Abandon(replica, ulong.MaxValue - 1);
        }

        Volatile.Write(ref _status, [.. _replicas.Values.Select(replica => new GroupStatus(
            replica.Group,
            replica.Core.Role,
            replica.Core.Term,
            replica.Core.Leader.ToString(),
            replica.Core.Commit,
            replica.Applied,
            replica.Core.Last,
            replica.Core.Snapshot.Index,
            replica.State.Count,
            replica.Core.Configuration.ToString(),
            replica.Restored))]);
    }
}
