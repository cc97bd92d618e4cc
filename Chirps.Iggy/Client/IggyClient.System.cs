using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Records;
using Chirps.Iggy.Protocol.Requests;

namespace Chirps.Iggy.Client;

public sealed partial class IggyClient
{
    /// <summary>The server's statistics.</summary>
    public ValueTask<ServerStats> GetStatsAsync(CancellationToken cancellationToken = default)
        => CallAsync<EmptyRequest, ServerStats>(IggyCommand.GetStats, default, Answers.Stats, cancellationToken);

    /// <summary>The cluster the server belongs to.</summary>
    /// <exception cref="IggyException"><see cref="IggyStatus.FeatureUnavailable"/> from servers without clusters.</exception>
    public ValueTask<ClusterInfo> GetClusterAsync(CancellationToken cancellationToken = default)
        => CallAsync<EmptyRequest, ClusterInfo>(IggyCommand.GetClusterMetadata, default, Answers.Cluster, cancellationToken);

    /// <summary>How the server sees this client.</summary>
    public ValueTask<ClientDetails?> GetMeAsync(CancellationToken cancellationToken = default)
        => CallAsync<EmptyRequest, ClientDetails?>(IggyCommand.GetMe, default, Answers.ClientOrNone, cancellationToken);

    /// <summary>Looks for a client of the server.</summary>
    /// <returns>The client, or none.</returns>
    public ValueTask<ClientDetails?> GetClientAsync(uint client, CancellationToken cancellationToken = default)
        => CallAsync<ClientTarget, ClientDetails?>(IggyCommand.GetClient, new ClientTarget(client), Answers.ClientOrNone, cancellationToken);

    /// <summary>Lists the clients of the server.</summary>
    public ValueTask<IReadOnlyList<ClientInfo>> GetClientsAsync(CancellationToken cancellationToken = default)
        => CallAsync<EmptyRequest, IReadOnlyList<ClientInfo>>(IggyCommand.GetClients, default, Answers.Clients, cancellationToken);

    /// <summary>Creates a personal access token of the user who is logged in.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="lifetime">How long it is valid, or none for ever.</param>
    /// <param name="cancellationToken">Stops the waiting; the request may still take effect.</param>
    /// <returns>The token, which the server does not tell again.</returns>
    public ValueTask<string> CreateTokenAsync(string name, TimeSpan? lifetime = null, CancellationToken cancellationToken = default)
    {
        var expiry = lifetime is { } span ? (ulong)Math.Max(1, span.Ticks / TimeSpan.TicksPerMicrosecond) : 0;
        return CallAsync<CreateTokenRequest, string>(IggyCommand.CreateToken, new CreateTokenRequest(name, expiry), Answers.Token, cancellationToken);
    }

    /// <summary>Lists the personal access tokens of the user who is logged in.</summary>
    public ValueTask<IReadOnlyList<TokenInfo>> GetTokensAsync(CancellationToken cancellationToken = default)
        => CallAsync<EmptyRequest, IReadOnlyList<TokenInfo>>(IggyCommand.GetTokens, default, Answers.Tokens, cancellationToken);

    /// <summary>Deletes a personal access token of the user who is logged in.</summary>
    public ValueTask DeleteTokenAsync(string name, CancellationToken cancellationToken = default)
        => CallAsync(IggyCommand.DeleteToken, new NameRequest(name), cancellationToken);
}
