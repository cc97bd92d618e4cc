using System.Net;
using System.Text;
using Chirps.Engine.Membership;
using Chirps.Engine.Time;
using Chirps.Engine.Wire;

namespace Chirps.Tests.Membership;

/// <summary>One engine, named "self", and hand-written datagrams from peers that do not exist.</summary>
internal sealed class EngineUnderTest
{
    public static readonly Generation Generation = new(1_000);

    public EngineUnderTest(SwimSettings? settings = null, ulong seed = 1, string name = "self")
    {
        Settings = settings ?? SwimSettings.Lan;
        Now = new MeshInstant(1_000_000_000);
        Engine = new SwimEngine(Settings, "test", Id(name), Generation, default, AddressOf(name), new SeededRandom(seed), Now);
    }

    public SwimSettings Settings { get; }

    public SwimEngine Engine { get; }

    public MeshInstant Now { get; set; }

    public static MemberId Id(string name) => MemberId.Parse(name);

    public static MemberAddress AddressOf(string name) =>
        MemberAddress.FromIPEndPoint(new IPEndPoint(IPAddress.Loopback, 1 + (int)(NameHasher.Of(name.AsSpan()) % 60_000)));

    /// <summary>Makes members known by word of the first of them.</summary>
    public EngineUnderTest Knowing(params string[] names)
    {
        Array.ForEach(names, name => Hear(name, name, MemberStatus.Alive));
        Datagrams();
        Events();
        return this;
    }

    /// <summary>Receives one fact, by gossip.</summary>
    public void Hear(string from, string subject, MemberStatus status, uint incarnation = 0, ulong generation = 1_000, string accuser = "", MessageKind kind = MessageKind.Gossip) =>
        Receive(from, Write(kind, from, 0, facts: Fact(subject, status, incarnation, generation, accuser)));

    public void Receive(string from, byte[] datagram) => Engine.Receive(Now, new PeerSource(Id(from), AddressOf(from)), datagram);

    /// <summary>Answers every ping that waits, as its target.</summary>
    public void AnswerPings(Func<string, bool>? answers = null)
    {
        foreach (var sent in Datagrams().Where(sent => sent.Kind == MessageKind.Ping && (answers?.Invoke(sent.To) ?? true)))
        {
            Receive(sent.To, Write(MessageKind.Ack, sent.To, sent.Sequence));
        }
    }

    /// <summary>Lets time pass, advancing at every deadline and doing something after each.</summary>
    public void Run(TimeSpan duration, Action? afterEach = null)
    {
        var end = Now + duration;
        while (Engine.NextDeadline is { } next && next <= end)
        {
            Now = MeshInstant.Max(Now, next);
            Engine.Advance(Now);
            afterEach?.Invoke();
        }

        Now = end;
    }

    public List<Sent> Datagrams()
    {
        var sent = new List<Sent>();
        while (Engine.TryDequeueDatagram(out var datagram))
        {
            Assert.True(SwimCodec.TryRead(datagram.Bytes.Span, out var message, out _));
            var facts = new List<(string Name, FactKey Key)>();
            var rest = message.Facts;
            while (SwimCodec.TryNextFact(ref rest, out var fact))
            {
                facts.Add((Encoding.ASCII.GetString(fact.Name), fact.Key));
            }

            sent.Add(new Sent(message.Kind, datagram.Target.ToString(), message.Sequence, Encoding.ASCII.GetString(message.TargetName), datagram.Urgent, facts, datagram.Bytes.Length));
        }

        return sent;
    }

    public List<MembershipChange> Events()
    {
        var events = new List<MembershipChange>();
        while (Engine.TryDequeueEvent(out var change))
        {
            events.Add(change);
        }

        return events;
    }

    public MemberStatus? Status(string name) => Engine.TryGetMember(Id(name), out var member) ? member.Status : null;

    public static byte[] Fact(string subject, MemberStatus status, uint incarnation = 0, ulong generation = 1_000, string accuser = "")
    {
        var buffer = new byte[WireFact.BytesMax];
        var writer = new ByteWriter(buffer);
        new WireFact
        {
            Name = Encoding.ASCII.GetBytes(subject),
            Key = new FactKey(new Generation(generation), new Incarnation(incarnation), status),
            Address = AddressOf(subject),
            Accuser = Encoding.ASCII.GetBytes(accuser),
        }.Write(ref writer);
        return buffer[..writer.Written];
    }

    public static byte[] Write(
        MessageKind kind, string from, uint sequence, MessageFlags flags = MessageFlags.None, string target = "", ulong targetGeneration = 1_000, string cluster = "test", uint incarnation = 0, params byte[][] facts)
    {
        var message = new SwimMessage
        {
            Kind = kind,
            Flags = flags,
            Cluster = NameHasher.Of(cluster.AsSpan()),
            SenderGeneration = new Generation(1_000),
            SenderName = Encoding.ASCII.GetBytes(from),
            Incarnation = new Incarnation(incarnation),
            Sequence = sequence,
            TargetName = Encoding.ASCII.GetBytes(target),
            TargetGeneration = new Generation(targetGeneration),
            TargetAddress = AddressOf(target),
        };
        var buffer = new byte[2_000];
        var writer = new ByteWriter(buffer);
        SwimCodec.WriteHead(ref writer, message);
        foreach (var fact in facts)
        {
            writer.WriteBytes(fact);
        }

        var datagram = buffer[..writer.Written];
        SwimCodec.Seal(datagram);
        return datagram;
    }

    internal sealed record Sent(MessageKind Kind, string To, uint Sequence, string Target, bool Urgent, List<(string Name, FactKey Key)> Facts, int Length);
}
