using Chirps.Iggy.Client;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Records;

namespace Chirps.Tests.Iggy.Client;

/// <summary>Callers stop waiting; the connection goes on.</summary>
public sealed class DeadlineTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public async Task A_late_answer_is_unknown_and_the_answers_behind_it_reach_their_callers()
    {
        await using var server = new ScriptedServer();
        var (client, peer) = await server.ConnectAsync(server.Options with { Time = _clock });
        await using var _ = client;
        var impatient = client.WithTimeout(TimeSpan.FromSeconds(1)).CreateStreamAsync("late").AsTask();
        var late = await peer.ReceiveAsync();
        var patient = client.CreateStreamAsync("next").AsTask();
        var next = await peer.ReceiveAsync();

        _clock.Advance(TimeSpan.FromSeconds(2));
        var failure = await Assert.ThrowsAsync<IggyException>(() => impatient);
        await peer.AnswerAsync(late, IggyStatus.Ok, buffer => server.Dialect.Bodies.WriteStream(buffer, new StreamInfo(1, 0, 0, 0, 0, "late")));
        await peer.AnswerAsync(next, IggyStatus.Ok, buffer => server.Dialect.Bodies.WriteStream(buffer, new StreamInfo(2, 0, 0, 0, 0, "next")));

        Assert.Equal((IggyFailure.DeadlinePassed, true), (failure.Failure, failure.MayHaveTakenEffect));
        Assert.Equal("next", (await patient).Name);
    }

    [Fact]
    public async Task A_cancelled_call_ends_and_the_answers_behind_it_reach_their_callers()
    {
        await using var server = new ScriptedServer();
        var (client, peer) = await server.ConnectAsync();
        await using var _ = client;
        using var cancel = new CancellationTokenSource();
        var cancelled = client.CreateStreamAsync("gone", cancel.Token).AsTask();
        var gone = await peer.ReceiveAsync();
        var other = client.PingAsync().AsTask();
        var ping = await peer.ReceiveAsync();

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        await peer.AnswerAsync(gone, IggyStatus.StreamNameExists);
        await peer.AnswerAsync(ping);

        await other;
    }

    [Fact]
    public async Task Without_a_server_a_call_ends_at_its_deadline_with_nothing_sent()
    {
        var server = new ScriptedServer();
        var options = server.Options with { Time = _clock };
        await server.DisposeAsync();
        await using var client = new IggyClient(options);
        var pinging = client.PingAsync().AsTask();

        _clock.Advance(options.RequestTimeout);

        var failure = await Assert.ThrowsAsync<IggyException>(() => pinging);
        Assert.Equal((IggyFailure.NotConnected, false), (failure.Failure, failure.MayHaveTakenEffect));
    }

    [Fact]
    public async Task A_server_silent_for_a_whole_timeout_while_it_owes_answers_is_left()
    {
        await using var server = new ScriptedServer();
        var (client, peer) = await server.ConnectAsync(server.Options with { Time = _clock });
        await using var _ = client;
        var pinging = client.WithTimeout(TimeSpan.FromHours(1)).PingAsync().AsTask();
        await peer.ReceiveAsync();

        _clock.Advance(TimeSpan.FromSeconds(31));

        Assert.Equal(IggyFailure.ConnectionLost, (await Assert.ThrowsAsync<IggyException>(() => pinging)).Failure);
        await peer.ExpectEndAsync();
    }

    [Fact]
    public async Task An_idle_connection_is_kept_alive_by_pings()
    {
        await using var server = new ScriptedServer();
        var (client, peer) = await server.ConnectAsync(server.Options with { HeartbeatInterval = TimeSpan.FromMilliseconds(1) });
        await using var _ = client;

        await peer.AnswerAsync(await peer.ReceiveAsync(IggyCommand.Ping));
        await peer.AnswerAsync(await peer.ReceiveAsync(IggyCommand.Ping));

        Assert.Equal(1, client.Logins);
    }

    [Fact]
    public async Task Calls_above_the_limit_wait_for_one_to_end()
    {
        await using var server = new ScriptedServer();
        var (client, peer) = await server.ConnectAsync(server.Options with { OutstandingMax = 1 });
        await using var _ = client;
        var first = client.PingAsync().AsTask();
        var ping = await peer.ReceiveAsync(IggyCommand.Ping);
        var second = client.GetStreamsAsync().AsTask();
        Assert.False(second.IsCompleted);

        await peer.AnswerAsync(ping);
        await first;
        await peer.AnswerAsync(await peer.ReceiveAsync(IggyCommand.GetStreams));

        Assert.Empty(await second);
    }
}
