using System.Text;
using Chirps.Engine.Membership;
using Chirps.Engine.Wire;

namespace Chirps.Tests.Membership;

public sealed class GossipQueueTests
{
    private readonly GossipQueue _queue = new(depthMin: 4);

    [Fact]
    public void One_update_waits_for_each_subject()
    {
        var bob = Record("bob");

        _queue.Enqueue(bob, 3);
        _queue.Enqueue(bob, 3);

        Assert.Equal(1, _queue.Count);
    }

    [Fact]
    public void The_least_sent_goes_first_then_the_largest_then_the_newest()
    {
        var sent = Record("sent-once");
        _queue.Enqueue(sent, 9);
        Fill(1_000);
        _queue.Enqueue(Record("bb"), 9);
        _queue.Enqueue(Record("aaaa"), 9);
        _queue.Enqueue(Record("cc"), 9);

        Assert.Equal(["aaaa", "cc", "bb", "sent-once"], Fill(1_000));
    }

    [Fact]
    public void What_does_not_fit_is_skipped_and_not_counted_as_sent()
    {
        var large = Record(new string('x', 60));
        _queue.Enqueue(large, 9);
        _queue.Enqueue(Record("y"), 9);

        Assert.Equal(["y"], Fill(WireFact.FixedBytes + 1));
        Assert.Equal((true, 0), (large.IsQueued, large.Transmissions));
    }

    [Fact]
    public void A_full_datagram_takes_nothing()
    {
        _queue.Enqueue(Record("bob"), 9);

        Assert.Empty(Fill(WireFact.FixedBytes));
        Assert.Equal(1, _queue.Count);
    }

    [Fact]
    public void An_update_is_finished_after_its_transmissions()
    {
        var bob = Record("bob");
        _queue.Enqueue(bob, 9);

        Fill(100);
        Fill(100);
        Assert.Equal(["bob"], Fill(100));

        Assert.Empty(Fill(100));
        Assert.False(bob.IsQueued);
    }

    [Fact]
    public void A_subject_already_in_the_datagram_is_skipped()
    {
        var bob = Record("bob");
        _queue.Enqueue(bob, 9);

        Assert.Empty(Fill(1_000, bob));
        Assert.True(bob.IsQueued);
    }

    [Fact]
    public void Beyond_the_limit_the_most_sent_gives_way()
    {
        var old = Record("old");
        _queue.Enqueue(old, 1);
        Fill(100);
        var dropped = Enumerable.Range(0, 4).Sum(index => _queue.Enqueue(Record($"new-{index}"), 1));

        Assert.Equal((4, 1, false), (_queue.Count, dropped, old.IsQueued));
    }

    [Fact]
    public void Clearing_forgets_everything()
    {
        var bob = Record("bob");
        _queue.Enqueue(bob, 1);

        _queue.Clear();

        Assert.Equal((0, false), (_queue.Count, bob.IsQueued));
    }

    private static MemberRecord Record(string name) => new(MemberId.Parse(name), default, default, default);

    private List<string> Fill(int room, MemberRecord? skip = null)
    {
        var buffer = new byte[room];
        var writer = new ByteWriter(buffer);
        _queue.Fill(ref writer, skip, transmissionsMax: 3);
        var names = new List<string>();
        ReadOnlySpan<byte> rest = buffer.AsSpan(0, writer.Written);
        while (SwimCodec.TryNextFact(ref rest, out var fact))
        {
            names.Add(Encoding.ASCII.GetString(fact.Name));
        }

        return names;
    }
}
