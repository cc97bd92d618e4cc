using System.Buffers.Binary;
using Chirps.Engine.State;
using Chirps.Engine.Time;
using Chirps.Engine.Wire;

namespace Chirps.Engine.Membership;

/// <content>What is too large for datagrams: whole states and tables, for the shell's streams.</content>
public sealed partial class SwimEngine
{
    /// <summary>Takes the next transfer that needs a stream. A shell without streams may leave them: they are bounded.</summary>
    /// <param name="transfer">What to send.</param>
    /// <returns>Whether there was one.</returns>
    public bool TryDequeueTransfer(out OutgoingTransfer transfer) => _transfers.TryTake(out transfer);

    /// <summary>Takes in a transfer another member's engine handed out. Never throws, whatever the bytes; what is refused is counted.</summary>
    /// <param name="now">The present instant.</param>
    /// <param name="from">Who sent it; must be authenticated.</param>
    /// <param name="bytes">The whole transfer; not kept.</param>
    public void ReceiveTransfer(MeshInstant now, PeerSource from, ReadOnlySpan<byte> bytes)
    {
        now = Enter(now);
        if (CheckTransfer(bytes) is var fault and not DecodeFault.None)
        {
            _counters.Reject(fault);
            return;
        }

        if (BinaryPrimitives.ReadUInt64BigEndian(bytes[3..]) != _cluster)
        {
            _counters.Drop(DropReason.WrongCluster);
            return;
        }

        if (from.Id.IsDefault || from.Id == _self.Id)
        {
            _counters.Drop(DropReason.SenderMismatch);
            return;
        }

        var body = bytes[StateCodec.TransferHeadBytes..];
        if ((MessageKind)bytes[1] == MessageKind.StateDelta)
        {
            MergeStates(now, body);
            return;
        }

        ApplyFacts(now, body, SourceOf(from), isExchange: true);
        if (((MessageFlags)bytes[2] & MessageFlags.Answer) != 0)
        {
            CompleteJoin(now, _members.Find(from.Id));
        }
    }

    private static DecodeFault CheckTransfer(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < StateCodec.TransferHeadBytes)
        {
            return DecodeFault.Truncated;
        }

        if (bytes[0] != SwimCodec.Version)
        {
            return DecodeFault.UnknownVersion;
        }

        var body = bytes[StateCodec.TransferHeadBytes..];
        switch ((MessageKind)bytes[1])
        {
            case MessageKind.StateDelta:
                return bytes[2] == 0 ? StateCodec.Check(MessageKind.StateDelta, body) : DecodeFault.BadFlags;
            case MessageKind.AntiEntropy when (bytes[2] & ~(byte)MessageFlags.Answer) != 0:
                return DecodeFault.BadFlags;
            case MessageKind.AntiEntropy:
                var reader = new ByteReader(body);
                var fault = DecodeFault.None;
                while (fault == DecodeFault.None && !reader.IsEmpty)
                {
                    WireFact.TryRead(ref reader, out _, out fault);
                }

                return fault;
            default:
                return DecodeFault.UnknownKind;
        }
    }

    private void WriteTransferHead(scoped ref ByteWriter writer, MessageKind kind, MessageFlags flags)
    {
        writer.WriteByte(SwimCodec.Version);
        writer.WriteByte((byte)kind);
        writer.WriteByte((byte)flags);
        writer.WriteUInt64(_cluster);
        writer.WriteUInt64(_self.Key.Generation.Value);
    }

    private void HandOut(Peer to, ReadOnlyMemory<byte> bytes)
    {
        _counters.Transfers++;
        if (!_transfers.Add(new OutgoingTransfer(to.Id, to.Address, bytes)))
        {
            _counters.Drop(DropReason.TransfersFull);
        }
    }

    private Peer SourceOf(PeerSource from)
    {
        var record = _members.Find(from.Id);
        return new Peer(record, from.Id, record?.Address ?? from.Address);
    }
}
