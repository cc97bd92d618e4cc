using Chirps.Iggy.Client;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Messages;
using Chirps.Iggy.Protocol.Requests;
using Chirps.Tests.Fakes;
using Chirps.Tests.Quic;
using Microsoft.Extensions.Logging;

namespace Chirps.Tests.Iggy.Client;

/// <summary>Connections end; what was asked on them is either known not to be sent, or unknown.</summary>
public sealed class LostConnectionTests
{
    private static readonly IggyMessage _message = new(new byte[] { 1, 2, 3 });

    [Fact]
    public async Task An_unanswered_send_is_unknown_and_is_not_repeated()
    {
        await using var server = new ScriptedServer();
        var (client, peer) = await server.ConnectAsync();
        await using var _ = client;
        var sending = client.SendAsync("s", "t", Partitioning.Balanced, _message).AsTask();
        await peer.ReceiveAsync(IggyCommand.SendMessages);

        await peer.DisposeAsync();

        var failure = await Assert.ThrowsAsync<IggyException>(() => sending);
        Assert.Equal((IggyFailure.ConnectionLost, true, 206u), (failure.Failure, failure.MayHaveTakenEffect, failure.Code));
        var next = await server.AcceptLoginAsync();
        var pinging = client.PingAsync().AsTask();
        await next.AnswerAsync(await next.ReceiveAsync(IggyCommand.Ping));
        await pinging;
        Assert.Equal(2, client.Logins);
    }

    [Fact]
    public async Task Closing_a_client_is_no_loss_to_warn_of()
    {
        await using var server = new ScriptedServer();
        var log = new RecordingLogger();
        var client = new IggyClient(server.Options with { Logger = log });
        var pinging = client.PingAsync().AsTask();
        var peer = await server.AcceptLoginAsync();
        await peer.AnswerAsync(await peer.ReceiveAsync(IggyCommand.Ping));
        await pinging;

        await client.DisposeAsync();

        Assert.Empty(log.At(LogLevel.Warning));
    }

    [Fact]
    public async Task A_call_made_without_a_connection_waits_for_the_next_one()
    {
        await using var server = new ScriptedServer();
        var (client, peer) = await server.ConnectAsync();
        await using var _ = client;
        await peer.DisposeAsync();
        await Expect.Eventually(() => !client.IsConnected, "the loss is noticed");
        var sending = client.SendAsync("s", "t", Partitioning.To(0), _message).AsTask();

        var next = await server.AcceptLoginAsync();
        await next.AnswerAsync(await next.ReceiveAsync(IggyCommand.SendMessages));

        Assert.Null(await sending);
    }

    [Fact]
    public async Task Group_memberships_are_taken_up_again_before_anything_else()
    {
        await using var server = new ScriptedServer();
        var (client, peer) = await server.ConnectAsync();
        await using var _ = client;
        var joining = client.JoinGroupAsync("s", "t", "g").AsTask();
        await peer.AnswerAsync(await peer.ReceiveAsync(IggyCommand.JoinGroup));
        await joining;
        await peer.DisposeAsync();

        var next = await server.AcceptLoginAsync();
        var again = await next.ReceiveAsync(IggyCommand.JoinGroup);

        Assert.True(GroupTarget.TryRead(again.Body, server.Dialect.Bodies, out var group));
        Assert.Equal(new GroupTarget("s", "t", "g"), group);
    }

    [Fact]
    public async Task A_group_that_was_left_is_not_joined_again()
    {
        await using var server = new ScriptedServer();
        var (client, peer) = await server.ConnectAsync();
        await using var _ = client;
        var joining = client.JoinGroupAsync("s", "t", "g").AsTask();
        await peer.AnswerAsync(await peer.ReceiveAsync(IggyCommand.JoinGroup));
        await joining;
        var leaving = client.LeaveGroupAsync("s", "t", "g").AsTask();
        await peer.AnswerAsync(await peer.ReceiveAsync(IggyCommand.LeaveGroup));
        await leaving;
        await peer.DisposeAsync();

        var next = await server.AcceptLoginAsync();
        var pinging = client.PingAsync().AsTask();
        await next.AnswerAsync(await next.ReceiveAsync(IggyCommand.Ping));

        await pinging;
    }

    [Fact]
    public async Task A_server_that_ends_the_session_is_left_and_joined_anew()
    {
        await using var server = new ScriptedServer();
        var (client, peer) = await server.ConnectAsync();
        await using var _ = client;
        var pinging = client.PingAsync().AsTask();
        await peer.AnswerAsync(await peer.ReceiveAsync(), IggyStatus.StaleClient);

        Assert.Equal(IggyStatus.StaleClient, (await Assert.ThrowsAsync<IggyException>(() => pinging)).Status);
        await peer.ExpectEndAsync();
        await server.AcceptLoginAsync();
    }

    [Theory]
    [InlineData("da 07 00 00 ff ff ff ff")]
    [InlineData("00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00")]
    public async Task A_server_that_makes_no_sense_is_left(string hex)
    {
        await using var server = new ScriptedServer();
        var (client, peer) = await server.ConnectAsync();
        await using var _ = client;
        var pinging = client.PingAsync().AsTask();
        await peer.ReceiveAsync();

        await peer.SendAsync(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));

        await peer.ExpectEndAsync();
        await server.AcceptLoginAsync();
        await Task.WhenAny(pinging);
    }

    [Fact]
    public async Task A_refused_login_is_told_at_once_and_tried_again_later()
    {
        await using var server = new ScriptedServer();
        await using var client = new IggyClient(server.Options);
        var connecting = client.ConnectAsync().AsTask();
        var peer = await server.AcceptAsync();
        await peer.AnswerAsync(await peer.ReceiveAsync(IggyCommand.LoginUser), IggyStatus.InvalidCredentials);

        var failure = await Assert.ThrowsAsync<IggyException>(() => connecting);

        Assert.Equal((IggyFailure.Refused, 42u, "InvalidCredentials"), (failure.Failure, failure.Code, failure.Name));
        connecting = client.ConnectAsync().AsTask();
        await server.AcceptLoginAsync();
        await connecting;
    }

    [Fact]
    public async Task Closing_the_client_ends_what_is_under_way()
    {
        await using var server = new ScriptedServer();
        var (client, peer) = await server.ConnectAsync();
        var pinging = client.PingAsync().AsTask();
        await peer.ReceiveAsync();

        await client.DisposeAsync();

        Assert.True((await Assert.ThrowsAsync<IggyException>(() => pinging)).MayHaveTakenEffect);
        Assert.Equal(IggyFailure.NotConnected, (await Assert.ThrowsAsync<IggyException>(() => client.PingAsync().AsTask())).Failure);
    }

    [Fact]
    public async Task Repeated_losses_under_load_leave_every_send_answered_or_unknown()
    {
        await using var server = new ScriptedServer();
        var (client, peer) = await server.ConnectAsync();
        await using var _ = client;
        var stored = 0;
        using var stop = new CancellationTokenSource();
        var serving = Task.Run(async () =>
        {
            for (var connections = 0; connections < 10; connections++)
            {
                for (var taken = 0; taken < 50; taken++)
                {
                    var request = await peer.ReceiveAsync(IggyCommand.SendMessages);
                    stored++;
                    await peer.AnswerAsync(request);
                }

                await peer.DisposeAsync();
                peer = await server.AcceptLoginAsync();
            }

            await stop.CancelAsync();
        });

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => SendAsync(client, stop.Token))));
        await serving;

        var answered = outcomes.Sum(outcome => outcome.Answered);
        var unknown = outcomes.Sum(outcome => outcome.Unknown);
        Assert.InRange(stored, answered, answered + unknown);
    }

    private static async Task<(int Answered, int Unknown)> SendAsync(IggyClient client, CancellationToken stop)
    {
        var answered = 0;
        var unknown = 0;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await client.SendAsync("s", "t", Partitioning.To(0), _message, stop);
                answered++;
            }
            catch (IggyException failure)
            {
                Assert.True(failure.MayHaveTakenEffect);
                unknown++;
            }
            catch (OperationCanceledException)
            {
                unknown++;
            }
        }

        return (answered, unknown);
    }
}
