using System.Security.Cryptography;
using System.Text;
using Chirps.Iggy.Embedded.Catalog;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Requests;

namespace Chirps.Iggy.Embedded;

/// <summary>Who may come in: one user, by password or by a token of its making. Comparisons take the same time whatever is wrong.</summary>
internal sealed class Accounts(EmbeddedIggyOptions options, Storage storage)
{
    /// <summary>The user's number, as Iggy's root user has it.</summary>
    public const uint UserId = 0;

    private const int TokenBytes = 32;

    private readonly byte[] _user = Hash(options.User);
    private readonly byte[] _password = Hash(options.Password);

    /// <summary>Ok, or why not.</summary>
    public IggyStatus Check(LoginRequest login)
    {
        if (login.Token is { } token)
        {
            return CheckToken(token);
        }

        var isUser = CryptographicOperations.FixedTimeEquals(Hash(login.User ?? ""), _user);
        var isPassword = CryptographicOperations.FixedTimeEquals(Hash(login.Password ?? ""), _password);
        return isUser & isPassword ? IggyStatus.Ok : IggyStatus.InvalidCredentials;
    }

    /// <summary>Makes a token. It is told this once; only its hash is kept.</summary>
    public async Task<(IggyStatus Status, string Token)> CreateTokenAsync(CreateTokenRequest request)
    {
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));
        var now = storage.Now();
        var isForEver = request.ExpiryMicroseconds is 0 || request.ExpiryMicroseconds > ulong.MaxValue - now;
        var state = new TokenState(request.Name, Convert.ToHexStringLower(Hash(token)), isForEver ? 0 : now + request.ExpiryMicroseconds);
        var change = await storage.ChangeAsync(catalog => catalog.AddToken(state)).ConfigureAwait(false);
        return (change.Status, token);
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private IggyStatus CheckToken(string token)
    {
        var hash = Hash(token);
        TokenState? found = null;
        foreach (var known in storage.State.Tokens)
        {
            found = CryptographicOperations.FixedTimeEquals(hash, Convert.FromHexString(known.Hash)) ? known : found;
        }

        if (found is null)
        {
            return IggyStatus.ResourceNotFound;
        }

        return found.ExpiresMicroseconds == 0 || found.ExpiresMicroseconds > storage.Now() ? IggyStatus.Ok : IggyStatus.TokenExpired;
    }
}
