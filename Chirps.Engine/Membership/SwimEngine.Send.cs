using System.Text;
using Chirps.Engine.Wire;

namespace Chirps.Engine.Membership;

/// <content>Writing datagrams, each with as many queued facts as fit, and handing them out from reused buffers.</content>
public sealed partial class SwimEngine
{
    /// <summary>Datagrams that wait to be taken. The owner takes them after each input; more means that it does not.</summary>
    private const int OutgoingMax = 8192;

    private readonly Queue<(MemberId Target, MemberAddress Address, byte[] Buffer, int Length, bool Urgent)> _outgoing = new();
    private readonly Stack<byte[]> _buffers = new();
    private readonly byte[] _nameScratch = new byte[MemberId.LengthMax];
    private byte[]? _lent;

    /// <summary>How often a fact is sent: grows with the logarithm of the members (SWIM, section 4.1).</summary>
    private int RetransmitLimit => _settings.RetransmitMultiplier * (int)Math.Ceiling(Math.Log10(_table.Present + 1));

    /// <summary>Takes the next datagram. Its bytes are valid until the next call on the engine.</summary>
    public bool TryDequeueDatagram(out OutgoingDatagram datagram)
    {
        ReturnLent();
        if (!_outgoing.TryDequeue(out var next))
        {
            datagram = default;
            return false;
        }

        _lent = next.Buffer;
        datagram = new OutgoingDatagram(next.Target, next.Address, next.Buffer.AsMemory(0, next.Length), next.Urgent);
        return true;
    }

    private void ReturnLent()
    {
        if (_lent is not null)
        {
            _buffers.Push(_lent);
            _lent = null;
        }
    }

    /// <summary>Sends a datagram about a subject, with the rest filled from the gossip queue.</summary>
    private void Send(MessageKind kind, MemberId target, MemberAddress address, uint sequence, MemberEntry? subject, bool urgent, MemberEntry? first = null, HeaderBits flags = HeaderBits.None)
    {
        var buffer = Rent();
        var writer = Begin(buffer, sequence, subject);
        if (first is not null)
        {
            TryWrite(ref writer, first);
        }

        _gossip.Fill(ref writer, RetransmitLimit, first?.Id ?? default);
        Enqueue(writer.Finish(kind, _senderId, _heartbeat, Self.Incarnation.Value, flags | OwnFlags), target, address, buffer, urgent);
    }

    /// <summary>Sends one fact, or none (the sender's own stands in every datagram), without touching the gossip queue.</summary>
    private void SendFact(MemberId target, MemberAddress address, MemberId id, FactKey key, MemberAddress factAddress, MemberId accuser)
    {
        var buffer = Rent();
        var writer = Begin(buffer, 0, null);
        if (!id.IsDefault)
        {
            writer.TryWriteFact(id, key, factAddress, accuser);
        }

        Counters.GossipSent++;
        Enqueue(writer.Finish(MessageKind.Gossip, _senderId, _heartbeat, Self.Incarnation.Value, OwnFlags), target, address, buffer, urgent: false);
    }

    private HeaderBits OwnFlags => IsLeaving ? HeaderBits.Leaving : HeaderBits.None;

    private SwimWriter Begin(byte[] buffer, uint sequence, MemberEntry? subject)
    {
        var writer = new SwimWriter(buffer);
        writer.WriteSender(_cluster, Self);
        writer.WriteSubject(sequence, subject?.Id ?? default, subject?.Member.Generation ?? default, subject?.Member.Address ?? default);
        return writer;
    }

    private static bool TryWrite(ref SwimWriter writer, MemberEntry entry)
        => writer.TryWriteFact(entry.Id, entry.Member.Key, entry.Member.Address, entry.Suspicion?.Accuser ?? default);

    private byte[] Rent() => _buffers.TryPop(out var buffer) ? buffer : new byte[_settings.DatagramBytesMax];

    private void Enqueue(int length, MemberId target, MemberAddress address, byte[] buffer, bool urgent)
    {
        if (_outgoing.Count >= OutgoingMax)
        {
            Counters.DatagramsDropped++;
            _buffers.Push(buffer);
            return;
        }

        _outgoing.Enqueue((target, address, buffer, length, urgent));
    }

    private ReadOnlySpan<byte> NameOf(MemberEntry entry)
    {
        var bytes = Encoding.ASCII.GetBytes(entry.Id.ToString(), _nameScratch);
        return _nameScratch.AsSpan(0, bytes);
    }
}
