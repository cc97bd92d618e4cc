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
    public void The_window_grows_to_its_limit_and_keeps_what_is_in_it()
    {
        var window = new SendWindow<string>(countMax: 64, bytesMax: 1000);
        for (var number = 1; number <= 10; number++)
        {
            window.Add($"{number}", 1);
        }

        Assert.True(window.TryTake(1, out _));
        for (var number = 11; number <= 65; number++)
        {
            window.Add($"{number}", 1);
        }

        Assert.False(window.HasRoom(1));
        Assert.Equal(("2", "40", "65"), (window[2], window[40], window[65]));
        Assert.Null(window[1]);
    }

    [Fact]
    public void A_new_count_keeps_the_later_messages_in_order_and_gives_the_earlier_ones_back()
    {
        var window = Filled("a", "b", "c", "d", "e");
        Assert.True(window.TryTake(1, out _));
        Assert.True(window.TryTakeOne(4, out _));
        var removed = new List<string>();

        window.Restart(keptFrom: 3, removed);

        Assert.Equal(["b"], removed);
        Assert.Equal((1UL, 3UL, 2, 2L), (window.First, window.Next, window.Count, window.Bytes));
        Assert.Equal(("c", "e"), (window[1], window[2]));
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
