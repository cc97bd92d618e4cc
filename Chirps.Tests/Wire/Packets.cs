using System.Net;
using System.Text;
using Chirps.Engine.Membership;
using Chirps.Engine.State;
using Chirps.Engine.Wire;

namespace Chirps.Tests.Wire;

/// <summary>Datagrams for tests, all sent by alice at incarnation 3 of generation 9.</summary>
internal static class Packets
{
    /// <summary>The hash of the cluster "test".</summary>
    public static ulong Cluster { get; } = NameHasher.Of("test"u8);

    public static TheoryData<byte> EveryKind { get; } = new(Enum.GetValues<MessageKind>().Select(kind => (byte)kind));

    public static MemberAddress Address { get; } = MemberAddress.FromIPEndPoint(new IPEndPoint(IPAddress.Loopback, 42000));

    public static byte[] Ping(uint sequence = 1) => Write(MessageKind.Ping, sequence, MessageFlags.None, []);

    public static byte[] OfKind(MessageKind kind) => kind >= MessageKind.StateSummary ? Write(kind, 77, MessageFlags.None, Body(kind)) : Write(
        kind, 77, MessageFlags.None, Fact(MemberStatus.Suspect, "carol", "dave"), Fact(MemberStatus.Alive, "e", string.Empty), Fact(MemberStatus.Left, new string('f', 63), string.Empty));

    /// <summary>A valid payload of a message without facts.</summary>
    public static byte[] Body(MessageKind kind)
    {
        var buffer = new byte[400];
        var writer = new ByteWriter(buffer);
        if (kind is MessageKind.StateSummary or MessageKind.TableSummary)
        {
            return buffer[..StateCodec.SummaryBytes];
        }

        if (kind == MessageKind.Heartbeats)
        {
            new WireHeartbeat(1, 2, 3).Write(ref writer);
            return buffer[..writer.Written];
        }

        var node = new NodeState(MemberId.Parse("carol"), "carol"u8.ToArray(), new Generation(11));
        node.Put(new StateSlot("key", "key"u8.ToArray(), "value"u8.ToArray(), 3, StateKeyStatus.Set, default));
        node.Put(new StateSlot("gone", "gone"u8.ToArray(), default, 5, StateKeyStatus.Deleted, default));
        if (kind == MessageKind.StateDigest)
        {
            new WireDigest { Name = node.NameUtf8, Generation = node.Generation, MaxVersion = 2 }.Write(ref writer);
        }
        else
        {
            var from = 0UL;
            node.WriteDelta(ref writer, ref from);
        }

        return buffer[..writer.Written];
    }

    public static byte[] WithFact(MemberStatus status, string name, string accuser) =>
        Write(MessageKind.Gossip, 0, MessageFlags.None, Fact(status, name, accuser));

    public static byte[] Fact(MemberStatus status, string name, string accuser)
    {
        var buffer = new byte[300];
        var writer = new ByteWriter(buffer);
        new WireFact
        {
            Name = Encoding.ASCII.GetBytes(name),
            Key = new FactKey(new Generation(11), new Incarnation(2), status),
            Address = Address,
            Accuser = Encoding.ASCII.GetBytes(accuser),
        }.Write(ref writer);
        return buffer[..writer.Written];
    }

    public static byte[] Write(MessageKind kind, uint sequence, MessageFlags flags, params byte[][] facts)
    {
        var message = new SwimMessage
        {
            Kind = kind,
            Flags = flags,
            Heartbeat = 7,
            Incarnation = new Incarnation(3),
            Cluster = Cluster,
            SenderGeneration = new Generation(9),
            SenderName = "alice"u8,
            Sequence = sequence,
            TargetName = "bob"u8,
            TargetGeneration = new Generation(42),
            TargetAddress = Address,
            Facts = facts.SelectMany(fact => fact).ToArray(),
        };
        return Encode(message);
    }

    public static byte[] Encode(scoped in SwimMessage message)
    {
        var buffer = new byte[SwimCodec.HeadBytesMax + message.Facts.Length + message.Body.Length];
        var writer = new ByteWriter(buffer);
        SwimCodec.WriteHead(ref writer, message);
        writer.WriteBytes(message.Facts);
        writer.WriteBytes(message.Body);
        return Seal(buffer[..writer.Written]);
    }

    public static byte[] Change(byte[] datagram, int offset, byte value)
    {
        datagram[offset] = value;
        return Seal(datagram);
    }

    public static byte[] Seal(byte[] datagram)
    {
        SwimCodec.Seal(datagram);
        return datagram;
    }
}
