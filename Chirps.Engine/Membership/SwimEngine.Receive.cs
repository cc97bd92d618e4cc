using Chirps.Engine.Time;
using Chirps.Engine.Wire;

namespace Chirps.Engine.Membership;

/// <content>Taking datagrams in.</content>
public sealed partial class SwimEngine
{
    /// <summary>Takes a datagram in. Never throws, whatever the bytes; what is refused is counted and changes nothing.</summary>
    /// <param name="now">The present instant.</param>
    /// <param name="from">Where it came from; an authenticated id must be the sender the datagram names.</param>
    /// <param name="datagram">The bytes; not kept.</param>
    public void Receive(MeshInstant now, PeerSource from, ReadOnlySpan<byte> datagram)
    {
        now = Enter(now);
        if (!SwimCodec.TryRead(datagram, out var message, out var fault))
        {
            _counters.Reject(fault);
            return;
        }

        if ((RefusalOf(message, from) ?? ConflictOf(now, message, from)) is { } reason)
        {
            _counters.Drop(reason);
            return;
        }

        _counters.Receive(message.Kind, datagram.Length);

        // Facts first: an ack to a ping that carries a suspicion about this node already refutes it.
        ApplyFacts(now, message.Facts, SourceOf(message, from), isExchange: message.Kind == MessageKind.AntiEntropy);
        var source = SourceOf(message, from);
        HeedSender(now, message, source);
        Dispatch(now, message, source);
    }

    private void ApplyFacts(MeshInstant now, ReadOnlySpan<byte> facts, Peer source, bool isExchange)
    {
        while (SwimCodec.TryNextFact(ref facts, out var fact))
        {
            Apply(now, fact, source, isExchange);
        }
    }

    private DropReason? RefusalOf(scoped in SwimMessage message, PeerSource from)
    {
        if (message.Cluster != _cluster)
        {
            return DropReason.WrongCluster;
        }

        if (!from.Id.IsDefault && !from.Id.Is(message.SenderName))
        {
            return DropReason.SenderMismatch;
        }

        return _self.Id.Is(message.SenderName) ? DropReason.FromSelf : null;
    }

    private Peer SourceOf(scoped in SwimMessage message, PeerSource from)
    {
        var record = _members.Find(message.SenderName);
        var id = record?.Id ?? from.Id;
        return new Peer(record, id, from.Address.IsDefault && record is not null ? record.Address : from.Address);
    }

    /// <summary>What the header alone tells: the sender runs, with this generation and incarnation.</summary>
    private void HeedSender(MeshInstant now, scoped in SwimMessage message, Peer sender)
    {
        var said = new FactKey(message.SenderGeneration, message.Incarnation, MemberStatus.Alive);
        if (sender.Record is not { } record)
        {
            if (_tombstones.TryFind(message.SenderName, now, out var end, out var address) && said <= end)
            {
                AnswerTombstone(now, message.SenderName, end, address, sender);
            }
            else if (message.Kind != MessageKind.Join && !_members.IsFull)
            {
                AskForTable(now, sender);
            }

            return;
        }

        if (said.Generation == record.Key.Generation)
        {
            Heard(now, record, message.Heartbeat);
        }

        if (said.Generation > record.Key.Generation)
        {
            AskForTable(now, sender);
        }
        else if (said.Generation == record.Key.Generation && said.Incarnation > record.Key.Incarnation)
        {
            // Its own word about itself: newer than every rumour of a lower incarnation.
            Apply(now, new WireFact { Name = record.NameUtf8, Key = said, Address = record.Address }, sender, isExchange: false);
        }
        else if (record.Status == MemberStatus.Dead && message.Kind != MessageKind.Ping)
        {
            // Tell the falsely dead, so that it refutes. The ack to a ping tells it anyway.
            AnswerWith(now, record, sender);
        }
    }

    private void Dispatch(MeshInstant now, scoped in SwimMessage message, Peer sender)
    {
        switch (message.Kind)
        {
            case MessageKind.Ping:
                OnPing(message, sender);
                break;
            case MessageKind.PingRequest:
                OnPingRequest(now, message, sender);
                break;
            case MessageKind.Ack:
                OnAck(now, message, sender);
                break;
            case MessageKind.Nack:
                OnNack(message, sender);
                break;
            case MessageKind.WrongIdentity:
                OnWrongIdentity(now, message);
                break;
            case MessageKind.Leave when (message.Flags & MessageFlags.RequestAck) != 0:
                Acknowledge(sender, message.Sequence);
                break;
            case MessageKind.Join:
                SendTable(sender, message.Sequence, MessageFlags.Answer);
                break;
            case MessageKind.Gossip when (message.Flags & MessageFlags.RequestNews) != 0 && sender.Record is not null:
                OnNewsRequest(message, sender);
                break;
            case MessageKind.AntiEntropy:
                OnTable(now, message, sender);
                break;
            case MessageKind.TableSummary when sender.Record is not null:
                OnTableSummary(message, sender);
                break;
            case MessageKind.Heartbeats when sender.Record is not null:
                OnHeartbeats(now, message.Body);
                break;
            case MessageKind.StateSummary when sender.Record is not null:
                OnStateSummary(now, message, sender);
                break;
            case MessageKind.StateDigest when sender.Record is not null:
                OnStateDigest(now, message, sender);
                break;
            case MessageKind.StateDelta when sender.Record is not null:
                MergeStates(now, message.Body);
                break;
            default:
                break;
        }
    }

    private void OnTable(MeshInstant now, scoped in SwimMessage message, Peer sender)
    {
        if ((message.Flags & MessageFlags.RequestTable) != 0)
        {
            SendTable(sender, message.Sequence, MessageFlags.Answer);
        }

        if ((message.Flags & MessageFlags.Answer) != 0)
        {
            CompleteJoin(now, sender.Record);
        }
    }

    private void CompleteJoin(MeshInstant now, MemberRecord? host)
    {
        if (_deadlines[SwimDeadline.Join] is not null)
        {
            // A datagram of a large table may have been lost: one more exchange soon completes the view.
            _exchanged = true;
            _deadlines.Stop(SwimDeadline.Join);
            ExchangeSoon(now, host);
            ScheduleStateRounds();
        }
    }
}
