using Chirps.Quic;
using Chirps.Tests.Quic;

namespace Chirps.Tests.Transport;

/// <summary>Every provider: who is refused, and that both sides learn why.</summary>
public sealed class TransportRefusalTests
{
    public static TheoryData<string> Names => Providers.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public Task A_server_refuses_a_client_without_a_certificate(string provider)
        => ServerRefuses(provider, Options(TestPki.Client) with { PresentCertificate = false }, PeerRefusal.NoCertificate, null);

    [Theory]
    [MemberData(nameof(Names))]
    public Task A_server_refuses_a_client_of_another_authority(string provider)
        => ServerRefuses(provider, Options(TestPki.Foreign("stranger")), PeerRefusal.UntrustedAuthority, "stranger");

    [Theory]
    [MemberData(nameof(Names))]
    public Task A_server_refuses_an_expired_client(string provider)
        => ServerRefuses(provider, Options(TestPki.Expired("old")), PeerRefusal.Expired, "old");

    [Theory]
    [MemberData(nameof(Names))]
    public Task A_server_refuses_a_client_from_the_future(string provider)
        => ServerRefuses(provider, Options(TestPki.NotYetValid("young")), PeerRefusal.NotYetValid, "young");

    [Theory]
    [MemberData(nameof(Names))]
    public Task A_server_refuses_a_certificate_not_meant_for_clients(string provider)
        => ServerRefuses(provider, Options(TestPki.Custom(TestPki.ServerAuthentication, "chirps://test/posing")), PeerRefusal.WrongPurpose, "posing");

    [Theory]
    [MemberData(nameof(Names))]
    public Task A_server_refuses_a_client_without_identity(string provider)
        => ServerRefuses(provider, Nameless(TestPki.ClientAuthentication), PeerRefusal.NoIdentity, null);

    [Theory]
    [MemberData(nameof(Names))]
    public Task A_server_refuses_a_client_with_two_identities(string provider)
        => ServerRefuses(
            provider,
            Options(TestPki.Custom(TestPki.ClientAuthentication, "chirps://test/one", "chirps://test/two")) with { IdentityOverride = new TransportIdentity("test", "one") },
            PeerRefusal.NoIdentity,
            null);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_server_refuses_a_client_of_another_cluster(string provider)
    {
        // The client would refuse the server first; it is made to believe that it is of the server's cluster.
        var options = Options(TestPki.Node("spy", "elsewhere")) with { IdentityOverride = new TransportIdentity(TestPki.Cluster, "spy") };
        await ServerRefuses(provider, options, PeerRefusal.WrongCluster, "spy");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public Task A_client_refuses_a_server_of_another_authority(string provider)
        => ClientRefuses(provider, Options(TestPki.Foreign("server")), PeerRefusal.UntrustedAuthority, "server");

    [Theory]
    [MemberData(nameof(Names))]
    public Task A_client_refuses_an_expired_server(string provider)
        => ClientRefuses(provider, Options(TestPki.Expired("server")), PeerRefusal.Expired, "server");

    [Theory]
    [MemberData(nameof(Names))]
    public Task A_client_refuses_a_server_from_the_future(string provider)
        => ClientRefuses(provider, Options(TestPki.NotYetValid("server")), PeerRefusal.NotYetValid, "server");

    [Theory]
    [MemberData(nameof(Names))]
    public Task A_client_refuses_a_certificate_not_meant_for_servers(string provider)
        => ClientRefuses(provider, Options(TestPki.Custom(TestPki.ClientAuthentication, "chirps://test/server")), PeerRefusal.WrongPurpose, "server");

    [Theory]
    [MemberData(nameof(Names))]
    public Task A_client_refuses_a_server_without_identity(string provider)
        => ClientRefuses(provider, Nameless(TestPki.ServerAuthentication), PeerRefusal.NoIdentity, null);

    [Theory]
    [MemberData(nameof(Names))]
    public Task A_client_refuses_a_server_of_another_cluster(string provider)
        => ClientRefuses(provider, Options(TestPki.Node("server", "elsewhere")), PeerRefusal.WrongCluster, "server");

    [Theory]
    [MemberData(nameof(Names))]
    public Task A_client_refuses_another_node_than_the_expected_one(string provider)
        => ClientRefuses(provider, Options(TestPki.Node("impostor")), PeerRefusal.WrongNode, "impostor");

    private static QuicEndpointOptions Options(TlsMaterial material) => Pair.Options(material);

    private static QuicEndpointOptions Nameless(string purpose)
        => Options(TestPki.Custom(purpose)) with { IdentityOverride = new TransportIdentity(TestPki.Cluster, "nameless") };

    private static async Task ServerRefuses(string provider, QuicEndpointOptions clientOptions, PeerRefusal reason, string? claimed)
    {
        using var pair = new Pair(provider, Options(TestPki.Server), clientOptions);

        pair.Dial();

        await pair.UntilClosed();
        CheckRefusing(pair.Server, pair.ServerEndpoint, reason, claimed);
        CheckRefused(pair.Client, pair.ClientEndpoint, reason);
    }

    private static async Task ClientRefuses(string provider, QuicEndpointOptions serverOptions, PeerRefusal reason, string? claimed)
    {
        using var pair = new Pair(provider, serverOptions, Options(TestPki.Client));

        pair.Dial();

        await pair.UntilClosed();
        CheckRefusing(pair.Client, pair.ClientEndpoint, reason, claimed);
        CheckRefused(pair.Server, pair.ServerEndpoint, reason);
    }

    private static void CheckRefused(Recorder refused, ITransportEndpoint endpoint, PeerRefusal reason)
    {
        var told = Assert.Single(refused.Closes);
        Assert.Equal(CloseKind.PeerRefusedUs, told.Kind);
        Assert.Equal(reason, told.Refusal);
        Assert.Equal(1, endpoint.GetStatistics().RefusedByPeer);
        Assert.Empty(refused.Connections);
    }

    private static void CheckRefusing(Recorder refusing, ITransportEndpoint endpoint, PeerRefusal reason, string? claimed)
    {
        var info = Assert.Single(refusing.Closes);
        Assert.Equal(CloseKind.PeerRefused, info.Kind);
        Assert.Equal(reason, info.Refusal);
        Assert.Equal(claimed, info.ClaimedPeer?.Node);
        Assert.StartsWith(reason.ToString(), info.Reason, StringComparison.Ordinal);
        Assert.Equal(1, endpoint.GetStatistics().Refusals[reason]);
        Assert.Empty(refusing.Connections);
    }
}
