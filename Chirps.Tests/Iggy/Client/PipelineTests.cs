using Chirps.Iggy.Client;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Messages;
using Chirps.Iggy.Protocol.Records;

namespace Chirps.Tests.Iggy.Client;

/// <summary>Many requests under way on one connection.</summary>
public sealed class PipelineTests
{
    [Fact]
    public async Task Requests_go_out_without_waiting_for_answers_and_answers_reach_their_callers()
    {
        await using var server = new ScriptedServer();
        var (client, peer) = await server.ConnectAsync();
        await using var _ = client;
        var first = client.CreateStreamAsync("first").AsTask();
        var one = await peer.ReceiveAsync(IggyCommand.CreateStream);
        var second = client.CreateStreamAsync("second").AsTask();
        var two = await peer.ReceiveAsync(IggyCommand.CreateStream);
        var third = client.PingAsync().AsTask();
        var three = await peer.ReceiveAsync(IggyCommand.Ping);

        await peer.AnswerAsync(one, IggyStatus.Ok, buffer => server.Dialect.Bodies.WriteStream(buffer, new StreamInfo(1, 0, 0, 0, 0, "first")));
        await peer.AnswerAsync(two, IggyStatus.Ok, buffer => server.Dialect.Bodies.WriteStream(buffer, new StreamInfo(2, 0, 0, 0, 0, "second")));
        await peer.AnswerAsync(three);

        Assert.Equal("first", (await first).Name);
        Assert.Equal("second", (await second).Name);
        await third;
    }

    [Fact]
    public async Task Answers_cut_anywhere_are_put_together()
    {
        await using var server = new ScriptedServer();
        var (client, peer) = await server.ConnectAsync();
        await using var _ = client;
        var creating = client.CreateStreamAsync("orders").AsTask();
        await peer.ReceiveAsync();

        foreach (var one in Protocol.Vectors.CreateStreamReply)
        {
            await peer.SendAsync([one]);
        }

        Assert.Equal("orders", (await creating).Name);
    }

    [Fact]
    public async Task Answers_joined_in_one_packet_are_taken_apart()
    {
        await using var server = new ScriptedServer();
        var (client, peer) = await server.ConnectAsync();
        await using var _ = client;
        var creating = client.CreateStreamAsync("orders").AsTask();
        await peer.ReceiveAsync();
        var asking = client.GetTopicAsync("orders", "t").AsTask();
        await peer.ReceiveAsync();
        var pinging = client.PingAsync().AsTask();
        await peer.ReceiveAsync();

        await peer.SendAsync([.. Protocol.Vectors.CreateStreamReply, .. Protocol.Vectors.TopicNotFound, .. Protocol.Vectors.EmptyOk]);

        Assert.Equal("orders", (await creating).Name);
        Assert.Equal(IggyStatus.TopicNotFound, (await Assert.ThrowsAsync<IggyException>(() => asking)).Status);
        await pinging;
    }

    [Fact]
    public async Task Thousands_of_requests_from_many_tasks_all_get_their_own_answer()
    {
        await using var server = new ScriptedServer();
        var (client, peer) = await server.ConnectAsync(server.Options with { OutstandingMax = 64 });
        await using var _ = client;
        var answering = Task.Run(async () =>
        {
            for (var answered = 0; answered < 4000; answered++)
            {
                var request = await peer.ReceiveAsync(IggyCommand.GetConsumerOffset);
                Assert.True(Chirps.Iggy.Protocol.Requests.GetOffsetRequest.TryRead(request.Body, server.Dialect.Bodies, out var get));
                await peer.AnswerAsync(request, IggyStatus.Ok, new OffsetInfo(get.Partition!.Value, 9, get.Consumer.Id.Number).Write);
            }
        });

        var wrong = await Task.WhenAll(Enumerable.Range(0, 8).Select(task => Task.Run(() => AskAsync(client, (uint)task))));
        await answering;

        Assert.All(wrong, count => Assert.Equal(0, count));
    }

    [Fact]
    public async Task A_message_is_sent_as_iggy_has_it_and_polled_from_the_buffer_it_came_in()
    {
        await using var server = new ScriptedServer();
        var (client, peer) = await server.ConnectAsync();
        await using var _ = client;
        var message = new IggyMessage("hello"u8.ToArray())
        {
            Id = new UInt128(0x0001020304050607, 0x08090a0b0c0d0e0f),
            OriginMicroseconds = 1_700_000_000_000_000,
            UserHeaders = Protocol.Vectors.UserHeaders,
        };
        var sending = client.SendAsync("orders", 0, Partitioning.To(1), message).AsTask();
        var sent = await peer.ReceiveAsync(IggyCommand.SendMessages);
        await peer.AnswerAsync(sent);
        var polling = client.PollAsync(IggyConsumer.Of("c1"), "orders", 0, 1, PollingStrategy.FromOffset(0), 10).AsTask();
        var poll = await peer.ReceiveAsync(IggyCommand.PollMessages);
        await peer.SendAsync(Protocol.Vectors.PollReply);

        Assert.Null(await sending);
        Assert.Equal(Protocol.Vectors.Send[8..], sent.Body);
        Assert.Equal(Protocol.Vectors.Poll[8..], poll.Body);
        using var polled = await polling;
        Assert.Equal(["hello@0"], Texts(polled));
    }

    [Fact]
    public async Task A_polled_message_that_does_not_match_its_checksum_is_refused()
    {
        await using var server = new ScriptedServer();
        var (client, peer) = await server.ConnectAsync();
        await using var _ = client;
        var polling = client.PollAsync(IggyConsumer.Of("c1"), "orders", 0, 1, PollingStrategy.First, 10).AsTask();
        await peer.ReceiveAsync();
        byte[] bytes = [.. Protocol.Vectors.PollReply];
        bytes[^20] ^= 1;

        await peer.SendAsync(bytes);

        var failure = await Assert.ThrowsAsync<IggyException>(() => polling);
        Assert.Equal((IggyFailure.Malformed, IggyStatus.InvalidMessageChecksum), (failure.Failure, failure.Status));
    }

    [Fact]
    public async Task A_send_too_large_for_any_server_is_the_callers_mistake_and_harms_no_other()
    {
        await using var server = new ScriptedServer();
        var (client, peer) = await server.ConnectAsync();
        await using var _ = client;

        await Assert.ThrowsAsync<ArgumentException>(() => client.SendAsync("s", "t", Partitioning.Balanced, ReadOnlyMemory<IggyMessage>.Empty).AsTask());

        var pinging = client.PingAsync().AsTask();
        await peer.AnswerAsync(await peer.ReceiveAsync(IggyCommand.Ping));
        await pinging;
    }

    private static async Task<int> AskAsync(IggyClient client, uint task)
    {
        var wrong = 0;
        for (var asked = 0u; asked < 500; asked++)
        {
            var offset = await client.GetOffsetAsync(IggyConsumer.Of((task * 1000) + asked), "s", "t", task);
            wrong += offset == new OffsetInfo(task, 9, (task * 1000) + asked) ? 0 : 1;
        }

        return wrong;
    }

    private static List<string> Texts(PolledMessages polled)
    {
        var texts = new List<string>();
        foreach (var message in polled)
        {
            texts.Add($"{System.Text.Encoding.UTF8.GetString(message.Payload)}@{message.Offset}");
        }

        return texts;
    }
}
