using Chirps.Engine.Messaging;

namespace Chirps.Tests.Messaging;

public sealed class LaneReceiverTests
{
    private const int Window = 8;

    [Fact]
    public void Messages_are_taken_once_and_in_order_over_several_connections()
    {
        var receiver = Opened(epoch: 1);
        Take(receiver, 1, 2, 3);

        Assert.Equal(LaneContinuation.Known, receiver.Open(epoch: 1, first: 2, Window));

        Assert.Equal(
            [LaneReceipt.Duplicate, LaneReceipt.Duplicate, LaneReceipt.Next],
            [receiver.Take(2), receiver.Take(3), receiver.Take(4)]);
        Assert.Equal(4UL, receiver.Received);
    }

    [Fact]
    public void A_gap_is_recognised_and_changes_nothing()
    {
        var receiver = Opened(epoch: 1);
        Take(receiver, 1);

        Assert.Equal(LaneReceipt.Gap, receiver.Take(3));
        Assert.Equal(LaneReceipt.Next, receiver.Take(2));
    }

    [Fact]
    public void A_lane_of_which_the_beginning_is_not_known_is_lost()
    {
        Assert.Equal(LaneContinuation.Lost, new LaneReceiver().Open(epoch: 1, first: 2, Window));
        Assert.Equal(LaneContinuation.Lost, Opened(epoch: 1).Open(epoch: 2, first: 2, Window));
    }

    [Fact]
    public void A_count_that_another_replaced_takes_nothing_more()
    {
        var receiver = Opened(epoch: 5);
        Take(receiver, 1);
        Assert.Equal(LaneContinuation.Stale, receiver.Open(epoch: 1, first: 3, Window));

        receiver.End();

        Assert.Equal(LaneReceipt.Duplicate, receiver.Take(2));
        Assert.Equal((5UL, 1UL), (receiver.Epoch, receiver.Received));
    }

    [Fact]
    public void A_refusal_is_told_again_on_the_next_connection_until_the_sender_has_settled_it()
    {
        var receiver = Opened(epoch: 1);
        Take(receiver, 1);
        receiver.Refuse(RefusalReason.SubscriberFull);
        Take(receiver, 2);
        var refusals = new Refusal[4];

        receiver.Open(epoch: 1, first: 1, Window);
        Assert.Equal(1, receiver.Refusals(after: 0, refusals, out var upTo));
        Assert.Equal((new Refusal(1, RefusalReason.SubscriberFull), 2UL), (refusals[0], upTo));

        receiver.Open(epoch: 1, first: 2, Window);
        Assert.Equal(0, receiver.Refusals(after: 0, refusals, out _));
    }

    [Fact]
    public void More_refusals_than_fit_are_acknowledged_in_parts()
    {
        var receiver = Opened(epoch: 1);
        for (ulong sequence = 1; sequence <= 5; sequence++)
        {
            Take(receiver, sequence);
            receiver.Refuse(RefusalReason.NoSubscriber);
        }

        var refusals = new Refusal[2];

        Assert.Equal(2, receiver.Refusals(after: 0, refusals, out var first));
        Assert.Equal(2, receiver.Refusals(after: first, refusals, out var second));
        Assert.Equal(1, receiver.Refusals(after: second, refusals, out var third));
        Assert.Equal((2UL, 4UL, 5UL), (first, second, third));
    }

    [Fact]
    public void Refusals_are_forgotten_once_the_senders_window_has_passed_them()
    {
        var receiver = Opened(epoch: 1);
        for (ulong sequence = 1; sequence <= 100; sequence++)
        {
            Take(receiver, sequence);
            receiver.Refuse(RefusalReason.NoSubscriber);
        }

        Assert.Equal(Window, receiver.Refusals(after: 0, new Refusal[200], out _));
    }

    [Fact]
    public void Ids_are_remembered_until_as_many_newer_ones_came()
    {
        var ids = new RecentIds(capacity: 2);
        var (first, second, third) = (Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid());
        ids.Add(first);
        ids.Add(second);
        ids.Add(second);
        Assert.True(ids.Contains(first));

        ids.Add(third);

        Assert.Equal((false, true, true), (ids.Contains(first), ids.Contains(second), ids.Contains(third)));
    }

    private static LaneReceiver Opened(ulong epoch)
    {
        var receiver = new LaneReceiver();
        Assert.Equal(LaneContinuation.New, receiver.Open(epoch, first: 1, Window));
        return receiver;
    }

    private static void Take(LaneReceiver receiver, params ReadOnlySpan<ulong> sequences)
    {
        foreach (var sequence in sequences)
        {
            Assert.Equal(LaneReceipt.Next, receiver.Take(sequence));
        }
    }
}
