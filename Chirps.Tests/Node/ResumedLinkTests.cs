using Chirps.Engine.Membership;
using Chirps.Node;
using Chirps.Quic;

namespace Chirps.Tests.Node;

/// <summary>Reconnects between nodes: what is resumed, what is renewed, and that no message notices.</summary>
public sealed class ResumedLinkTests : IAsyncLifetime
{
    private static readonly MemberId _a = MemberId.Parse("a");
    private static readonly MemberId _b = MemberId.Parse("b");

    private readonly MeshFixture _mesh = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _mesh.DisposeAsync().AsTask();

    [Theory]
    [InlineData(Resumption.EarlyData, "early")]
    [InlineData(Resumption.Tickets, "resumed")]
    [InlineData(Resumption.None, "full")]
    public async Task A_reconnect_takes_over_what_the_option_says(Resumption resumption, string kind)
    {
        var nodes = await _mesh.StartAsync(Options("a", resumption), Options("b", resumption));
        using var subscription = nodes[0].Subscribe("n");
        Assert.Equal(Outcome.Delivered, (await Send(nodes[1], 0, _a)).Outcome);
        var before = Handshakes(nodes, kind);
        var sent = 1;

        // Both sides may dial, and only the one that has dialled before can resume: it is the first of them in some round.
        for (var round = 0; round < 50 && Handshakes(nodes, kind) == before; round++)
        {
            nodes[1].Connections.Link(_a).Session?.Connection.Close(77, "lost");
            var results = await Task.WhenAll(Enumerable.Range(sent, 200).Select(number => Send(nodes[1], number, _a)));
            Assert.All(results, result => Assert.Equal(Outcome.Delivered, result.Outcome));
            sent += 200;
        }

        Assert.True(Handshakes(nodes, kind) > before, $"{kind} handshakes: {before} before and after");
        Assert.Equal(Enumerable.Range(0, sent), subscription.Drain());
    }

    [Fact]
    public async Task After_a_change_of_credentials_connections_are_replaced_in_time_without_losing_a_message()
    {
        var nodes = await _mesh.StartAsync(Options("a", Resumption.EarlyData), Options("b", Resumption.EarlyData));
        using var subscription = nodes[1].Subscribe("n");
        Assert.Equal(Outcome.Delivered, (await Send(nodes[0], 0)).Outcome);
        var old = nodes[0].Connections.Link(_b).Session!;
        var authority = Chirps.Node.Credentials.AuthorityStore.At(Path.Combine(_mesh.Directory, "dev-certs"));

        nodes[0].Transport.ReplaceCredentials(authority.Issue("chirps", "a"));
        nodes[1].Transport.ReplaceCredentials(authority.Issue("chirps", "b"));
        var sent = 1;
        for (; nodes[0].Connections.Link(_b).Session is not { IsConfirmed: true, Connection.HasCurrentCredentials: true }; sent++)
        {
            Assert.Equal(Outcome.Delivered, (await Send(nodes[0], sent)).Outcome);
        }

        Assert.Equal(Outcome.Delivered, (await Send(nodes[0], sent)).Outcome);
        Assert.NotSame(old, nodes[0].Connections.Link(_b).Session);
        Assert.Equal(Enumerable.Range(0, sent + 1), subscription.Drain());
        Assert.DoesNotContain(nodes[0].History(_b), record => record.Change.NewStatus == MemberStatus.Suspect);
    }

    private static Task<SendResult> Send(MeshNode node, int number, MemberId? to = null)
        => node.SendAsync(to ?? _b, BitConverter.GetBytes(number), Profile.Control, "n", new SendSettings(MeshFixture.Patience)).AsTask();

    private static long Handshakes(IEnumerable<MeshNode> nodes, string kind)
        => nodes.Sum(node => ReconnectTests.Metric(node, $"chirps_transport_handshakes_total{{kind=\"{kind}\"}}"));

    private MeshOptions Options(string name, Resumption resumption)
    {
        var options = _mesh.Options(name);
        options.Backends.Quic.Resumption = resumption;
        options.Backends.Quic.ReconnectFirst = TimeSpan.FromMilliseconds(20);
        options.Tls.RenewWithin = TimeSpan.FromSeconds(2);
        options.Limits.SubscriberQueue = 1 << 20;
        return options;
    }
}
