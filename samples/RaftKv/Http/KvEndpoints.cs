using System.Text;
using Chirps.Engine.Membership;
using RaftKv.Core;
using RaftKv.Kv;
using RaftKv.Node;

namespace RaftKv.Http;

/// <summary>
/// The store over HTTP: <c>PUT /kv/key</c> with the value as body, <c>GET</c>, <c>DELETE</c>, <c>GET /status</c>, and <c>POST /voters/node?group=1</c> and
/// <c>DELETE</c> of the same. With the headers <c>X-Client</c> (a UUID) and <c>X-Sequence</c> (counting from 1) a repeated change is made once.
/// </summary>
internal static class KvEndpoints
{
    private const int KeyMax = 1024;

    public static void MapKv(this WebApplication app)
    {
        app.MapGet("/status", (RaftService service) => service.Node.Status);
        app.MapGet("/kv/{key}", async (string key, RaftService service, KvHostOptions options) => IsKey(key)
            ? Answer(await service.Node.ReadAsync(GroupOf(key, options.Groups), key))
            : Results.BadRequest());
        app.MapPut("/kv/{key}", (string key, HttpRequest request, RaftService service, KvHostOptions options)
            => ChangeAsync(key, request, service, options, request.Headers.ContainsKey("X-Expected") ? KvOperation.Swap : KvOperation.Put));
        app.MapDelete("/kv/{key}", (string key, HttpRequest request, RaftService service, KvHostOptions options)
            => ChangeAsync(key, request, service, options, KvOperation.Delete));
        app.MapPost("/voters/{name}", (string name, ulong group, RaftService service) => VotersAsync(service, group, name, (voters, member) => voters.With(member)));
        app.MapDelete("/voters/{name}", (string name, ulong group, RaftService service) => VotersAsync(service, group, name, (voters, member) => voters.Without(member)));
    }

    /// <summary>Which group has a key: the same on every node.</summary>
    public static ulong GroupOf(string key, int groups)
    {
        var hash = 14695981039346656037UL;
        foreach (var letter in key)
        {
            hash = (hash ^ letter) * 1099511628211UL;
        }

        return 1 + (hash % (ulong)groups);
    }

    private static async Task<IResult> ChangeAsync(string key, HttpRequest request, RaftService service, KvHostOptions options, KvOperation operation)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        var client = Guid.TryParse(request.Headers["X-Client"], out var named) ? named : Guid.NewGuid();
        var sequence = ulong.TryParse(request.Headers["X-Sequence"], out var numbered) ? numbered : 1;
        var expected = Encoding.UTF8.GetBytes(request.Headers["X-Expected"].ToString());
        return IsKey(key)
            ? Answer(await service.Node.ProposeAsync(GroupOf(key, options.Groups), new KvCommand(client, sequence, operation, key, body.ToArray(), expected).Encode()))
            : Results.BadRequest();
    }

    private static async Task<IResult> VotersAsync(RaftService service, ulong group, string name, Func<Configuration, MemberId, Configuration> change)
        => MemberId.TryParse(name, out var member)
            ? Answer(await service.Node.ChangeAsync(group, voters => change(voters, member)))
            : Results.BadRequest();

    private static bool IsKey(string key) => key.Length is > 0 and <= KeyMax;

    private static IResult Answer(KvAnswer answer)
        => Results.Ok(new KvReply(answer.Kind, answer.Result, Encoding.UTF8.GetString(answer.Value.Span), answer.Leader.ToString()));
}

/// <summary>What a client is told.</summary>
/// <param name="Kind">What is known.</param>
/// <param name="Result">What a change did.</param>
/// <param name="Value">What a read found.</param>
/// <param name="Leader">Who leads, where this node does not.</param>
internal sealed record KvReply(KvAnswerKind Kind, KvResult Result, string Value, string Leader);
