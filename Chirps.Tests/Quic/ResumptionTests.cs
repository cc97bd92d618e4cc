using Chirps.Quic;

namespace Chirps.Tests.Quic;

/// <summary>Tickets, early data (0-RTT), and what an attacker cannot do with them.</summary>
public sealed class ResumptionTests
{
    [Fact]
    public async Task Early_data_reaches_the_server_before_the_handshake_is_done()
    {
        using var pair = new ResumingPair();
        var couldSendEarly = false;

        var client = await pair.Reconnect(connection =>
        {
            couldSendEarly = connection.CanSendEarly;
            connection.OpenStream(0, early: true).TryWrite("early"u8, default);
        });

        Assert.True(couldSendEarly);
        Assert.Equal(["early started", "data early", "connected"], await pair.Server.Events(3));
        Assert.Equal((HandshakeKind.Early, false), (client.Handshake, client.CanSendEarly));
        Assert.Equal(HandshakeKind.Early, pair.Server.Connection!.Handshake);
        Assert.Equal(new TransportIdentity(TestPki.Cluster, "client"), pair.Server.Connection.Peer);
        Assert.Equal((2, 0, 1), Handshakes(pair.ServerEndpoint));
        Assert.Equal((2, 0, 1), Handshakes(pair.ClientEndpoint));
    }

    [Fact]
    public async Task Only_what_is_marked_leaves_early()
    {
        using var pair = new ResumingPair();
        await pair.Reconnect(connection =>
        {
            connection.OpenStream(0).TryWrite("late"u8, default);
            connection.OpenStream(5, early: true).TryWrite("early"u8, default);
        });

        Assert.Equal(["early started", "data early", "connected", "data late"], await pair.Server.Events(4));
    }

    [Fact]
    public async Task A_datagram_offered_early_waits_for_the_handshake_and_is_not_lost_when_early_data_is_refused()
    {
        using var pair = new ResumingPair();
        var size = 0;

        await pair.Reconnect(
            connection =>
            {
                size = connection.MaxDatagramSize;
                connection.TrySendDatagram("probe"u8, default, DatagramClass.Probe);
            },
            pair.DialRestarted);

        Assert.InRange(size, 1000, 4096);
        Assert.Equal(["connected", "datagram probe"], await pair.Server.Events(2));
    }

    [Theory]
    [InlineData(Resumption.None, HandshakeKind.Full)]
    [InlineData(Resumption.Tickets, HandshakeKind.Resumed)]
    [InlineData(Resumption.EarlyData, HandshakeKind.Early)]
    public async Task The_option_says_what_a_reconnect_takes_over(Resumption resumption, HandshakeKind expected)
    {
        using var pair = new ResumingPair(options => options with { Resumption = resumption });
        var couldSendEarly = false;

        var client = await pair.Reconnect(connection =>
        {
            couldSendEarly = connection.CanSendEarly;
            connection.OpenStream(0, early: true).TryWrite("x"u8, default);
        });

        Assert.Equal(resumption == Resumption.EarlyData, couldSendEarly);
        Assert.Equal(expected, client.Handshake);
        Assert.Equal(resumption == Resumption.EarlyData, pair.ClientEndpoint.Features.HasFlag(TransportFeatures.EarlyData));
        Assert.Equal(resumption == Resumption.EarlyData ? "early started" : "connected", (await pair.Server.Events(1))[0]);
    }

    [Fact]
    public async Task Early_data_that_a_restarted_server_refuses_is_sent_again_by_itself()
    {
        using var pair = new ResumingPair();
        ITransportStream? first = null;

        var client = await pair.Reconnect(
            connection =>
            {
                first = connection.OpenStream(0, early: true);
                first.TryWrite("one"u8, default);
                connection.OpenStream(2, early: true).TryWrite("two"u8, default);
            },
            pair.DialRestarted);
        first!.TryWrite("three"u8, default);

        var events = await pair.Server.Events(1 + "onetwothree".Length, bytes: true);
        Assert.Equal("connected", events[0]);
        Assert.Equal(string.Concat("onetwothree".Order()), string.Concat(string.Concat(events.Skip(1).Select(one => one["data ".Length..])).Order()));
        Assert.Equal(HandshakeKind.Full, client.Handshake);
        Assert.Equal(1, pair.ClientEndpoint.GetStatistics().EarlyDataRefused);
    }

    [Fact]
    public async Task A_repeated_first_flight_has_no_effect()
    {
        using var pair = new ResumingPair();
        using var relay = new RecordingRelay(pair.ServerEndpoint.LocalEndPoint);

        var client = await pair.Reconnect(
            connection => connection.OpenStream(0, early: true).TryWrite("pay"u8, default),
            () => pair.ClientEndpoint.Connect(relay.EndPoint, "server"));
        Assert.Equal(["early started", "data pay", "connected"], await pair.Server.Events(3));

        await relay.RepeatFirstFlight();
        client.OpenStream(0).TryWrite("still"u8, default);
        Assert.Equal(["data still"], await pair.Server.Events(1));

        client.Close(0, "done");
        await Expect.Eventually(() => pair.ServerEndpoint.GetStatistics().Connections == 0, "the server has forgotten the connection");
        await relay.RepeatFirstFlight();
        await Expect.Eventually(() => pair.ServerEndpoint.GetStatistics().ReplaysRefused == 1, "the server recognises the repetition");
        await pair.Connect();
        Assert.Empty(pair.Server.Seen);
    }

    [Fact]
    public async Task A_server_takes_no_more_early_data_than_its_limit()
    {
        using var pair = new ResumingPair();
        await pair.ConnectAndClose();
        pair.RestartClient(options => options with { EarlyDataMaxBytes = 1 << 20 });

        var client = pair.Dial();
        client.OpenStream(0, early: true).TryWrite(new byte[100_000], default);
        await pair.Client.Connected();

        Assert.True(pair.Server.EarlyBytes <= 64 * 1024, $"{pair.Server.EarlyBytes} bytes came early");
    }

    [Fact]
    public async Task Replaced_credentials_end_the_use_of_old_tickets_and_leave_connections_open()
    {
        using var pair = new ResumingPair();
        var old = await pair.Connect();
        Assert.True(old.HasCurrentCredentials);
        var renewed = TestPki.Node("client");

        pair.ClientEndpoint.ReplaceCredentials(renewed);

        Assert.False(old.HasCurrentCredentials);
        Assert.True(old.IsOpen);
        var next = pair.Dial();
        Assert.False(next.CanSendEarly);
        await pair.Client.Connected();
        Assert.Equal((HandshakeKind.Full, true), (next.Handshake, next.HasCurrentCredentials));
    }

    [Fact]
    public async Task A_server_with_other_credentials_refuses_old_tickets()
    {
        using var pair = new ResumingPair();
        await pair.ConnectAndClose();
        pair.ServerEndpoint.ReplaceCredentials(TestPki.Node("server"));

        var client = pair.Dial();
        client.OpenStream(0, early: true).TryWrite("x"u8, default);
        await pair.Client.Connected();

        Assert.Equal(HandshakeKind.Full, client.Handshake);
        Assert.Equal(["connected", "data x"], await pair.Server.Events(2));
    }

    [Fact]
    public async Task The_validity_of_a_connection_is_that_of_the_certificate_that_expires_first()
    {
        var until = DateTimeOffset.UtcNow.AddMinutes(20);
        var soon = DevelopmentCertificates.IssueNode(TestPki.Authority, TestPki.Cluster, "client", TimeSpan.FromMinutes(20));
        using var pair = new ResumingPair(client: soon);

        var first = await pair.Connect();
        Assert.InRange(first.ValidUntil, until.AddSeconds(-2), until.AddMinutes(1));
        ResumingPair.Close(first);
        await pair.Client.Closed();
        var second = pair.Dial();
        await pair.Client.Connected();

        Assert.NotEqual(HandshakeKind.Full, second.Handshake);
        Assert.InRange(second.ValidUntil, until.AddSeconds(-2), until.AddMinutes(1));
    }

    [Fact]
    public async Task When_addresses_are_always_validated_a_returning_client_is_known()
    {
        using var pair = new ResumingPair(options => options with { AddressValidation = AddressValidation.Always });
        await pair.ConnectAndClose();
        Assert.Equal(1, pair.ServerEndpoint.GetStatistics().RetriesSent);

        var client = pair.Dial();
        client.OpenStream(0, early: true).TryWrite("x"u8, default);
        await pair.Client.Connected();

        Assert.Equal(HandshakeKind.Early, client.Handshake);
        Assert.Equal(1, pair.ServerEndpoint.GetStatistics().RetriesSent);
    }

    private static (long, long, long) Handshakes(ITransportEndpoint endpoint)
    {
        var statistics = endpoint.GetStatistics();
        return (statistics.HandshakesCompleted, statistics.HandshakesResumed, statistics.HandshakesEarly);
    }
}
