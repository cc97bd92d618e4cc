using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Messages;
using Chirps.Tests.Iggy.Embedded;

namespace Chirps.Tests.Iggy.Client;

/// <summary>Where a client of the embedded server learns that its messages lie.</summary>
public sealed class SendPlaceTests
{
    [Fact]
    public async Task Each_message_has_its_own_offset_also_when_some_were_stored_before()
    {
        await using var server = await ServerKit.StartAsync();
        var client = await server.ConnectWithTopicAsync();
        await client.SendAsync("s", "t", Partitioning.To(0), Message(1));

        var place = await client.SendAsync("s", "t", Partitioning.To(0), new[] { Message(2), Message(1), Message(2), Message(3) });

        Assert.Equal([1ul, 0, 1, 2], Enumerable.Range(0, 4).Select(place!.Value.OffsetOf));
        Assert.Equal([1, 2, 3], await ServerKit.PollAsync(client, PollingStrategy.First));
    }

    [Fact]
    public async Task Messages_that_follow_each_other_have_one_place()
    {
        await using var server = await ServerKit.StartAsync();
        var client = await server.ConnectWithTopicAsync();

        var place = await client.SendAsync("s", "t", Partitioning.To(0), new[] { Message(1), Message(2) });

        Assert.Null(place!.Value.Offsets);
        Assert.Equal([0ul, 1], Enumerable.Range(0, 2).Select(place.Value.OffsetOf));
    }

    private static IggyMessage Message(int number) => ServerKit.Message(number) with { Id = (UInt128)number };
}
