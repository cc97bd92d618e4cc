using Chirps.Engine.Messaging;

namespace Chirps.Tests.Messaging;

public sealed class SendWindowTests
{
    [Fact]
    public void Messages_are_settled_in_the_order_in_which_they_were_sent()
    {
        var window = Filled("a", "b", "c");

        Assert.True(window.TryTake(2, out var first));
        Assert.True(window.TryTake(2, out var second));
        Assert.False(window.TryTake(2, out _));

        Assert.Equal(["a", "b"], [first, second]);
        Assert.Equal(1, window.Count);
    }

    [Fact]
    public void A_refused_message_is_taken_out_of_turn_and_skipped_later()
    {
        var window = Filled("a", "b", "c");

        Assert.True(window.TryTakeOne(2, out var refused));
        Assert.True(window.TryTake(3, out var first));
        Assert.True(window.TryTake(3, out var last));

        Assert.Equal(["b", "a", "c"], [refused, first, last]);
        Assert.Equal(0, window.Bytes);
    }

    [Fact]
    public void The_count_limit_holds()
    {
        var window = new SendWindow<string>(countMax: 2, bytesMax: 100);
        window.Add("a", 1);
        Assert.True(window.HasRoom(1));
        window.Add("b", 1);

        Assert.False(window.HasRoom(1));
        Assert.Throws<InvalidOperationException>(() => window.Add("c", 1));
    }

    [Fact]
    public void The_byte_limit_holds_but_never_stops_a_message_in_an_empty_window()
    {
        var window = new SendWindow<string>(countMax: 8, bytesMax: 10);

        Assert.True(window.HasRoom(11));
        window.Add("a", 5);
        Assert.True(window.HasRoom(5));
        Assert.False(window.HasRoom(6));
    }

    [Fact]
    public void A_message_taken_back_frees_its_number_and_its_bytes()
    {
        var window = Filled("a", "b");

        window.RemoveLast();

        Assert.Equal((2UL, 1, 1L), (window.Next, window.Count, window.Bytes));
    }

    [Fact]
    public void An_abandoned_message_keeps_its_place_until_it_is_acknowledged()
    {
        var window = Filled("a", "b");
        var abandoned = new List<string>();

        window.Abandon(item => item == "a", abandoned);

        Assert.Equal(["a"], abandoned);
        Assert.Equal(2, window.Count);
        Assert.True(window.TryTake(2, out var left));
        Assert.Equal(("b", 0), (left, window.Count));
    }

    [Fact]
    public void An_acknowledgement_of_what_was_not_sent_is_recognised()
    {
        var window = Filled("a");

        Assert.True(window.WasSent(1));
        Assert.False(window.WasSent(2));
    }

    private static SendWindow<string> Filled(params string[] items)
    {
        var window = new SendWindow<string>(countMax: 8, bytesMax: 100);
        foreach (var item in items)
        {
            window.Add(item, 1);
        }

        return window;
    }
}
