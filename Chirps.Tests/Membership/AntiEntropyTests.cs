using Chirps.Engine.Membership;
using Chirps.Engine.Time;
using Chirps.Engine.Wire;

namespace Chirps.Tests.Membership;

public sealed class AntiEntropyTests
{
    [Fact]
    public void Equal_tables_cost_one_datagram()
    {
        var (left, right) = Pair();

        var sent = Compare(left, right);

        Assert.Equal([MessageKind.TableSummary], sent);
    }

    [Fact]
    public void Only_the_buckets_that_differ_are_sent()
    {
        var (left, right) = Pair(Enumerable.Range(0, 60).Select(index => $"member-{index}").ToArray());
        left.Hear("bob", "dave", MemberStatus.Alive);
        right.Hear("bob", "member-1", MemberStatus.Alive, incarnation: 4);
        Drop(left);
        Drop(right);

        var sent = Compare(left, right);

        Assert.Equal(MemberStatus.Alive, right.Status("dave"));
        Assert.Equal(4u, left.Engine.Members.Single(member => member.Id.ToString() == "member-1").Incarnation.Value);
        Assert.True(sent.Count(kind => kind == MessageKind.AntiEntropy) <= 2);
        Assert.Equal([MessageKind.TableSummary], Compare(right, left));
    }

    [Fact]
    public void A_large_table_goes_over_a_stream_where_there_are_streams()
    {
        var test = new EngineUnderTest(SwimSettings.Lan with { LargeTablesOnStreams = true });
        for (var member = 0; member < 600; member++)
        {
            test.Hear("bob", $"member-{member}", MemberStatus.Alive);
        }

        test.Datagrams();
        test.Receive("bob", EngineUnderTest.Write(MessageKind.Join, "bob", 1, facts: EngineUnderTest.Fact("bob", MemberStatus.Alive)));

        Assert.True(test.Engine.TryDequeueTransfer(out var transfer));
        Assert.DoesNotContain(test.Datagrams(), sent => sent.Kind == MessageKind.AntiEntropy);
        var joiner = new SwimEngine(test.Settings, "test", EngineUnderTest.Id("bob"), new Generation(1_000), default, EngineUnderTest.AddressOf("bob"), new SeededRandom(1), test.Now);
        joiner.Join(test.Now, [EngineUnderTest.AddressOf("self")]);
        joiner.ReceiveTransfer(test.Now, new PeerSource(EngineUnderTest.Id("self"), EngineUnderTest.AddressOf("self")), transfer.Bytes.Span);
        Assert.True(joiner.IsJoined);
        Assert.Equal(602, joiner.Members.Count);
    }

    [Fact]
    public void A_mutilated_transfer_is_refused_and_changes_nothing()
    {
        var test = new EngineUnderTest().Knowing("bob");
        var random = new SeededRandom(5);
        var transfer = new byte[] { 1, (byte)MessageKind.AntiEntropy, 0 }
            .Concat(new byte[16]).Concat(EngineUnderTest.Fact("bob", MemberStatus.Dead)).ToArray();

        for (var round = 0; round < 5_000; round++)
        {
            var mutant = transfer.ToArray();
            mutant[random.Next(mutant.Length)] = (byte)random.Next(256);
            test.Engine.ReceiveTransfer(test.Now, new PeerSource(EngineUnderTest.Id("bob"), default), mutant.AsSpan(0, random.Next(mutant.Length + 1)));
        }

        Assert.Equal(MemberStatus.Alive, test.Status("bob"));
    }

    private static (EngineUnderTest Left, EngineUnderTest Right) Pair(params string[] others)
    {
        var left = new EngineUnderTest();
        var right = new EngineUnderTest(name: "right");
        left.Knowing(["bob", "right", .. others]);
        right.Knowing(["bob", "self", .. others]);
        return (left, right);
    }

    private static void Drop(EngineUnderTest test)
    {
        test.Datagrams();
        test.Events();
    }

    /// <summary>Lets one compare with the other, carries what follows, and returns the kinds that concern tables.</summary>
    private static List<MessageKind> Compare(EngineUnderTest asker, EngineUnderTest other)
    {
        var kinds = new List<MessageKind>();
        asker.Engine.CompareTablesWith(other.Engine.Self.Id);
        for (var pass = 0; pass < 4; pass++)
        {
            Carry(asker, other, kinds);
            Carry(other, asker, kinds);
        }

        return kinds;
    }

    private static void Carry(EngineUnderTest from, EngineUnderTest to, List<MessageKind> kinds)
    {
        var waiting = new List<byte[]>();
        while (from.Engine.TryDequeueDatagram(out var datagram))
        {
            if (datagram.Target == to.Engine.Self.Id)
            {
                waiting.Add(datagram.Bytes.ToArray());
            }
        }

        foreach (var bytes in waiting)
        {
            kinds.Add((MessageKind)bytes[1]);
            to.Engine.Receive(to.Now, new PeerSource(from.Engine.Self.Id, from.Engine.Self.Address), bytes);
        }
    }
}
