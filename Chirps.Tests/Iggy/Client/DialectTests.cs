using Chirps.Iggy.Client;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Dialects;
using Chirps.Iggy.Protocol.Messages;
using Chirps.Iggy.Protocol.Records;
using Chirps.Iggy.Protocol.Requests;

namespace Chirps.Tests.Iggy.Client;

/// <summary>Finding out what a server speaks, and what differs then.</summary>
public sealed class DialectTests
{
    private static readonly IggyMessage _message = new(new byte[] { 1, 2, 3 });

    [Fact]
    public async Task A_server_that_answers_the_probe_with_an_error_is_classic()
    {
        await using var server = new ScriptedServer(ClassicDialect.Instance);
        await using var client = new IggyClient(server.Options with { Dialect = IggyDialect.Auto });
        var connecting = client.ConnectAsync().AsTask();
        var probe = await server.AcceptAsync();
        await probe.SendAsync([3, 0, 0, 0, 0, 0, 0, 0]);

        await server.AcceptLoginAsync();
        await connecting;

        Assert.Equal(IggyDialect.Classic, client.Dialect);
    }

    [Fact]
    public async Task A_server_that_closes_upon_the_probe_is_classic()
    {
        await using var server = new ScriptedServer(ClassicDialect.Instance);
        await using var client = new IggyClient(server.Options with { Dialect = IggyDialect.Auto });
        var connecting = client.ConnectAsync().AsTask();
        var probe = await server.AcceptAsync();
        await probe.DisposeAsync();

        await server.AcceptLoginAsync();
        await connecting;

        Assert.Equal(IggyDialect.Classic, client.Dialect);
    }

    [Fact]
    public async Task A_server_that_answers_the_probe_in_vsr_speaks_it()
    {
        await using var server = new ScriptedServer(VsrDialect.Instance);
        await using var client = new IggyClient(server.Options with { Dialect = IggyDialect.Auto });
        var connecting = client.ConnectAsync().AsTask();
        var probe = await server.AcceptAsync();
        await probe.AnswerAsync(await probe.ReceiveAsync(IggyCommand.Ping));

        await server.AcceptLoginAsync();
        await connecting;

        Assert.Equal(IggyDialect.Vsr, client.Dialect);
    }

    [Fact]
    public async Task Vsr_requests_carry_session_and_number()
    {
        await using var server = new ScriptedServer(VsrDialect.Instance);
        var (client, peer) = await server.ConnectAsync();
        await using var _ = client;

        var first = client.DeleteStreamAsync("a").AsTask();
        var one = await peer.ReceiveAsync(IggyCommand.DeleteStream);
        var second = client.DeleteStreamAsync("b").AsTask();
        var two = await peer.ReceiveAsync(IggyCommand.DeleteStream);
        await peer.AnswerAsync(two, IggyStatus.StreamNotFound);
        await peer.AnswerAsync(one);

        await first;
        Assert.Equal(IggyStatus.StreamNotFound, (await Assert.ThrowsAsync<IggyException>(() => second)).Status);
        Assert.Equal((42ul, 1ul, 2ul), (one.Head.Session, one.Head.RequestNumber, two.Head.RequestNumber));
    }

    [Theory]
    [InlineData(IggyStatus.TransientNotCommitted, true)]
    [InlineData(IggyStatus.TransientNotAccepted, false)]
    public async Task A_request_accepted_but_not_committed_yet_may_still_take_effect(IggyStatus status, bool mayHaveTakenEffect)
    {
        await using var server = new ScriptedServer(VsrDialect.Instance);
        var (client, peer) = await server.ConnectAsync();
        await using var _ = client;
        var sending = client.SendAsync("s", "t", Partitioning.To(0), _message).AsTask();

        await peer.AnswerAsync(await peer.ReceiveAsync(IggyCommand.SendMessages), status);

        var failure = await Assert.ThrowsAsync<IggyException>(() => sending);
        Assert.Equal((IggyFailure.Refused, mayHaveTakenEffect), (failure.Failure, failure.MayHaveTakenEffect));
    }

    [Fact]
    public async Task A_vsr_server_that_refuses_the_login_evicts_the_client()
    {
        await using var server = new ScriptedServer(VsrDialect.Instance);
        await using var client = new IggyClient(server.Options);
        var connecting = client.ConnectAsync().AsTask();
        var peer = await server.AcceptAsync();

        await peer.AnswerAsync(await peer.ReceiveAsync(IggyCommand.LoginRegister), IggyStatus.InvalidCredentials);

        Assert.Equal(IggyStatus.InvalidCredentials, (await Assert.ThrowsAsync<IggyException>(() => connecting)).Status);
    }

    [Fact]
    public async Task Towards_a_vsr_server_the_client_chooses_the_partition()
    {
        await using var server = new ScriptedServer(VsrDialect.Instance);
        var (client, peer) = await server.ConnectAsync();
        await using var _ = client;
        var sending = client.SendAsync("s", "t", Partitioning.ByKey("customer-7"), _message).AsTask();
        var topic = new TopicInfo(0, 0, 5, TopicSettings.Default, 0, 0, "t");
        await peer.AnswerAsync(await peer.ReceiveAsync(IggyCommand.GetTopic), IggyStatus.Ok, buffer => server.Dialect.Bodies.WriteTopicRecord(buffer, topic));

        var sent = await peer.ReceiveAsync(IggyCommand.SendMessages);
        await peer.AnswerAsync(sent, IggyStatus.Ok, buffer => SendPlace.Write(buffer, 0, 0, new SendPlace(3, 1234)));

        Assert.Equal(new SendPlace(3, 1234), await sending);
        Assert.Equal(Partitioning.PartitionOf("customer-7"u8, 5), PartitionOf(sent, server.Dialect));
    }

    [Fact]
    public async Task Towards_a_vsr_server_a_group_member_polls_its_own_partitions_and_asks_again_when_one_is_gone()
    {
        await using var server = new ScriptedServer(VsrDialect.Instance);
        var (client, peer) = await server.ConnectAsync();
        await using var _ = client;
        var polling = client.PollAsync(IggyConsumer.Group("g"), "s", "t", null, PollingStrategy.Next, 10).AsTask();
        await peer.AnswerAsync(await peer.ReceiveAsync(IggyCommand.SyncGroup), IggyStatus.Ok, new GroupAssignment(1, [4]).Write);
        var first = await peer.ReceiveAsync(IggyCommand.PollMessages);
        await peer.AnswerAsync(first, IggyStatus.Ok, buffer => new PollReplyWriter(buffer, MessageLayout.Batches, uint.MaxValue, 0).Finish());
        await peer.AnswerAsync(await peer.ReceiveAsync(IggyCommand.SyncGroup), IggyStatus.Ok, new GroupAssignment(2, [6]).Write);
        var second = await peer.ReceiveAsync(IggyCommand.PollMessages);
        await peer.AnswerAsync(second, IggyStatus.Ok, buffer => new PollReplyWriter(buffer, MessageLayout.Batches, 6, 0).Finish());

        using var polled = await polling;

        Assert.Equal((4u, 6u, 6u), (PolledPartition(first, server.Dialect), PolledPartition(second, server.Dialect), polled.Partition));
    }

    private static uint PartitionOf(ReceivedRequest sent, IIggyDialect dialect)
    {
        Assert.Equal(IggyStatus.Ok, dialect.Messages.TryReadSend(sent.Body, out var request));
        return request.Partitioning.Partition;
    }

    private static uint? PolledPartition(ReceivedRequest polled, IIggyDialect dialect)
    {
        Assert.True(PollRequest.TryRead(polled.Body, dialect.Bodies, out var request));
        return request.Partition;
    }
}
