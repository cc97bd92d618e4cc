using Chirps.Quic;

namespace Chirps.Tests.Quic;

public sealed class RefusalTests
{
    [Fact]
    public Task A_server_refuses_a_client_without_a_certificate()
        => ServerRefuses(Options(TestPki.Client) with { PresentCertificate = false }, PeerRefusal.NoCertificate, null);

    [Fact]
    public Task A_server_refuses_a_client_of_another_authority()
        => ServerRefuses(Options(TestPki.Foreign("stranger")), PeerRefusal.UntrustedAuthority, "stranger");

    [Fact]
    public Task A_server_refuses_an_expired_client()
        => ServerRefuses(Options(TestPki.Expired("old")), PeerRefusal.Expired, "old");

    [Fact]
    public Task A_server_refuses_a_client_from_the_future()
        => ServerRefuses(Options(TestPki.NotYetValid("young")), PeerRefusal.NotYetValid, "young");

    [Fact]
    public Task A_server_refuses_a_certificate_not_meant_for_clients()
        => ServerRefuses(Options(TestPki.Custom(TestPki.ServerAuthentication, "chirps://test/posing")), PeerRefusal.WrongPurpose, "posing");

    [Fact]
    public Task A_server_refuses_a_client_without_identity()
        => ServerRefuses(Nameless(TestPki.ClientAuthentication), PeerRefusal.NoIdentity, null);

    [Fact]
    public Task A_server_refuses_a_client_with_two_identities()
        => ServerRefuses(
            Options(TestPki.Custom(TestPki.ClientAuthentication, "chirps://test/one", "chirps://test/two")) with { IdentityOverride = new TransportIdentity("test", "one") },
            PeerRefusal.NoIdentity,
            null);

    [Fact]
    public async Task A_server_refuses_a_client_of_another_cluster()
    {
        // The client would refuse the server first; it is made to believe that it is of the server's cluster.
        var options = Options(TestPki.Node("spy", "elsewhere")) with { IdentityOverride = new TransportIdentity(TestPki.Cluster, "spy") };
        await ServerRefuses(options, PeerRefusal.WrongCluster, "spy");
    }

    [Fact]
    public Task A_client_refuses_a_server_of_another_authority()
        => ClientRefuses(Options(TestPki.Foreign("server")), PeerRefusal.UntrustedAuthority, "server");

    [Fact]
    public Task A_client_refuses_an_expired_server()
        => ClientRefuses(Options(TestPki.Expired("server")), PeerRefusal.Expired, "server");

    [Fact]
    public Task A_client_refuses_a_server_from_the_future()
        => ClientRefuses(Options(TestPki.NotYetValid("server")), PeerRefusal.NotYetValid, "server");

    [Fact]
    public Task A_client_refuses_a_certificate_not_meant_for_servers()
        => ClientRefuses(Options(TestPki.Custom(TestPki.ClientAuthentication, "chirps://test/server")), PeerRefusal.WrongPurpose, "server");

    [Fact]
    public Task A_client_refuses_a_server_without_identity()
        => ClientRefuses(Nameless(TestPki.ServerAuthentication), PeerRefusal.NoIdentity, null);

    [Fact]
    public Task A_client_refuses_a_server_of_another_cluster()
        => ClientRefuses(Options(TestPki.Node("server", "elsewhere")), PeerRefusal.WrongCluster, "server");

    [Fact]
    public Task A_client_refuses_another_node_than_the_expected_one()
        => ClientRefuses(Options(TestPki.Node("impostor")), PeerRefusal.WrongNode, "impostor");

    private static QuicEndpointOptions Options(TlsMaterial material) => Loopback.Options(material);

    private static QuicEndpointOptions Nameless(string purpose)
        => Options(TestPki.Custom(purpose)) with { IdentityOverride = new TransportIdentity(TestPki.Cluster, "nameless") };

    private static async Task ServerRefuses(QuicEndpointOptions clientOptions, PeerRefusal reason, string? claimed)
    {
        var (server, client) = (new TestHandler(), new TestHandler());
        using var serverEndpoint = Loopback.Open(Options(TestPki.Server), server);
        using var clientEndpoint = Loopback.Open(clientOptions, client);

        clientEndpoint.Connect(serverEndpoint.LocalEndPoint, "server");

        await CheckBoth(server, serverEndpoint, client, clientEndpoint, reason, claimed);
    }

    private static async Task ClientRefuses(QuicEndpointOptions serverOptions, PeerRefusal reason, string? claimed)
    {
        var (server, client) = (new TestHandler(), new TestHandler());
        using var serverEndpoint = Loopback.Open(serverOptions, server);
        using var clientEndpoint = Loopback.Open(Options(TestPki.Client), client);

        clientEndpoint.Connect(serverEndpoint.LocalEndPoint, "server");

        await CheckBoth(client, clientEndpoint, server, serverEndpoint, reason, claimed);
    }

    private static async Task CheckBoth(
        TestHandler refusing, ITransportEndpoint refusingEndpoint, TestHandler refused, ITransportEndpoint refusedEndpoint, PeerRefusal reason, string? claimed)
    {
        await CheckRefusing(refusing, refusingEndpoint, reason, claimed);
        var told = await refused.ClosedEvent("refused side");
        Assert.Equal(CloseKind.PeerRefusedUs, told.Kind);
        Assert.Equal(reason, told.Refusal);
        Assert.Equal(1, refusedEndpoint.GetStatistics().RefusedByPeer);
        Assert.Equal(0, refused.ConnectedCount);
        Assert.Equal(1, refused.ClosedCount);
    }

    private static async Task CheckRefusing(TestHandler refusing, ITransportEndpoint endpoint, PeerRefusal reason, string? claimed)
    {
        var info = await refusing.ClosedEvent("refusing side");
        Assert.Equal(CloseKind.PeerRefused, info.Kind);
        Assert.Equal(reason, info.Refusal);
        Assert.Equal(claimed, info.ClaimedPeer?.Node);
        Assert.StartsWith(reason.ToString(), info.Reason, StringComparison.Ordinal);
        Assert.Equal(1, endpoint.GetStatistics().Refusals[reason]);
        Assert.Equal(0, refusing.ConnectedCount);
        Assert.Equal(1, refusing.ClosedCount);
    }
}
