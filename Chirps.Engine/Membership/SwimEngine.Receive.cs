using Chirps.Engine.Time;
using Chirps.Engine.Wire;

namespace Chirps.Engine.Membership;

/// <content>Taking datagrams in: checked as a whole before anything is merged.</content>
public sealed partial class SwimEngine
{
    /// <summary>A member held dead that speaks is told so at most this often.</summary>
    private static readonly TimeSpan TellInterval = TimeSpan.FromSeconds(1);

    /// <summary>Takes a datagram. Never throws, whatever the bytes; what cannot be taken is counted and changes nothing.</summary>
    /// <param name="now">The present.</param>
    /// <param name="from">Where it came from. With an authenticated id, a datagram that claims another sender is dropped.</param>
    /// <param name="datagram">The bytes; not kept.</param>
    public void Receive(MeshInstant now, PeerSource from, ReadOnlySpan<byte> datagram)
    {
        ReturnLent();
        if (!SwimHeader.TryRead(datagram, out var header, out var fault) || !TryReadWhole(datagram[SwimHeader.Bytes..], out var message, out fault))
        {
            Counters.Fault(fault);
            return;
        }

        if (message.Cluster != _cluster)
        {
            Counters.WrongCluster++;
            return;
        }

        if (message.SenderName.SequenceEqual(_selfName) || !IsSenderGenuine(from, message))
        {
            Counters.SpoofedSenders++;
            return;
        }

        if (MergeSender(now, header, message) is not { } sender)
        {
            return;
        }

        var reader = new SwimReader(datagram[SwimHeader.Bytes..]);
        reader.TryReadMessage(out _, out _);
        for (var left = message.FactCount; left > 0 && reader.TryReadFact(out var fact, out _); left--)
        {
            Merge(now, fact, sender, header.Kind == MessageKind.AntiEntropy);
        }

        Answer(now, header, message, sender);
    }

    private static bool TryReadWhole(ReadOnlySpan<byte> payload, out SwimMessage message, out DecodeFault fault)
    {
        var reader = new SwimReader(payload);
        if (!reader.TryReadMessage(out message, out fault))
        {
            return false;
        }

        for (var left = message.FactCount; left > 0; left--)
        {
            if (!reader.TryReadFact(out _, out fault))
            {
                return false;
            }
        }

        fault = reader.IsAtEnd ? DecodeFault.None : DecodeFault.TooLong;
        return reader.IsAtEnd;
    }

    private bool IsSenderGenuine(PeerSource from, in SwimMessage message)
    {
        if (from.Id.IsDefault)
        {
            return true;
        }

        return _table.Find(message.SenderName)?.Id is { } known
            ? known == from.Id
            : MemberId.TryParse(message.SenderName, out var claimed) && claimed == from.Id;
    }

    /// <summary>Every datagram says who sends it and that it lives, or that it leaves.</summary>
    /// <returns>The sender; <see langword="null"/> when it is no member, and the rest of its datagram counts for nothing.</returns>
    private MemberEntry? MergeSender(MeshInstant now, in SwimHeader header, in SwimMessage message)
    {
        var leaving = (header.Flags & HeaderBits.Leaving) != 0;
        var key = new FactKey(message.SenderGeneration, new Incarnation(header.Incarnation), leaving ? MemberStatus.Left : MemberStatus.Alive);
        var fact = new WireFact { Name = message.SenderName, Key = key, Address = message.SenderAddress };
        var entry = _table.Find(message.SenderName);
        if (entry is null)
        {
            MergeUnknownSender(now, fact, message.SenderAddress);
            entry = _table.Find(message.SenderName);
        }
        else if (key > entry.Member.Key)
        {
            Counters.MergesUpdated++;
            Change(now, entry, key, message.SenderAddress, default);
        }

        if (entry is null || entry.Member.Generation != message.SenderGeneration)
        {
            return null;
        }

        entry.LastHeard = now;
        TellIfDead(now, entry, key);
        return entry;
    }

    private void MergeUnknownSender(MeshInstant now, in WireFact fact, MemberAddress address)
    {
        if (MemberId.TryParse(fact.Name, out var id) && fact.Key.Rank == MemberStatus.Alive && _table.IsBuried(id, fact.Key, out var buried))
        {
            SendFact(id, address, id, buried, address, default);
            return;
        }

        MergeUnknown(now, fact, null);
    }

    /// <summary>One that is held dead, and speaks, must hear of it to refute.</summary>
    private void TellIfDead(MeshInstant now, MemberEntry entry, FactKey said)
    {
        if (!entry.IsPresent && said < entry.Member.Key && (entry.LastTold is not { } told || now - told >= TellInterval))
        {
            entry.LastTold = now;
            SendFact(entry.Id, entry.Member.Address, entry.Id, entry.Member.Key, entry.Member.Address, _self.Id);
        }
    }

    private void Answer(MeshInstant now, in SwimHeader header, in SwimMessage message, MemberEntry sender)
    {
        switch (header.Kind)
        {
            case MessageKind.Ping when !message.TargetName.SequenceEqual(_selfName) || message.TargetGeneration != Self.Generation:
                Send(MessageKind.WrongIdentity, sender.Id, sender.Member.Address, message.Sequence, null, urgent: true);
                break;
            case MessageKind.Ping:
                Counters.AcksSent++;
                Send(MessageKind.Ack, sender.Id, sender.Member.Address, message.Sequence, _self, urgent: true);
                break;
            case MessageKind.PingRequest:
                Help(now, message, sender);
                break;
            case MessageKind.Ack:
                AckReceived(now, message, sender);
                break;
            case MessageKind.Nack:
                NackReceived(message, sender);
                break;
            case MessageKind.WrongIdentity:
                WrongIdentityReceived(now, message, sender);
                break;
            case MessageKind.Leave:
                Send(MessageKind.Ack, sender.Id, sender.Member.Address, message.Sequence, _self, urgent: true);
                break;
            case MessageKind.Join:
                SendTable(sender.Id, sender.Member.Address, HeaderBits.None);
                break;
            case MessageKind.AntiEntropy:
                TableReceived(header, sender);
                break;
            default:
                break;
        }
    }
}
