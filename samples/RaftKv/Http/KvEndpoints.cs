using System.Text;
using Chirps.Engine.Membership;
using RaftKv.Core;
using RaftKv.Kv;
using RaftKv.Node;

namespace RaftKv.Http;

/// <summary>
/// The store over HTTP: <c>PUT /kv/key</c> with the value as body, <c>GET</c>, <c>DELETE</c>, <c>GET /status</c>, and <c>POST /voters/node?group=1</c> and
/// <c>DELETE</c> of the same. With the headers <c>X-Client</c> (a UUID) and <c>X-Sequence</c> (counting from 1) a repeated change is made once; without both
/// of them it is made at least once.
/// </summary>
internal static class KvEndpoints
{
    private const int KeyMax = 1024;
    private const string ClientHeader = "X-Client";
    private const string SequenceHeader = "X-Sequence";
    private const string ExpectedHeader = "X-Expected";

    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static void MapKv(this WebApplication app)
    {
        app.MapGet("/status", (RaftService service) => service.Node.Status);
        app.MapGet("/kv/{key}", async (string key, RaftService service, KvHostOptions options) => IsKey(key)
            ? Answer(await service.Node.ReadAsync(GroupOf(key, options.Groups), key))
            : Refuse($"a key has 1 to {KeyMax} characters"));
        app.MapPut("/kv/{key}", (string key, HttpRequest request, RaftService service, KvHostOptions options)
            => ChangeAsync(key, request, service, options, request.Headers.ContainsKey(ExpectedHeader) ? KvOperation.Swap : KvOperation.Put));
        app.MapDelete("/kv/{key}", (string key, HttpRequest request, RaftService service, KvHostOptions options)
            => ChangeAsync(key, request, service, options, KvOperation.Delete));
        app.MapPost("/voters/{name}", (string name, ulong group, RaftService service, KvHostOptions options) => VotersAsync(service, options, group, name, joins: true));
        app.MapDelete("/voters/{name}", (string name, ulong group, RaftService service, KvHostOptions options) => VotersAsync(service, options, group, name, joins: false));
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

    /// <summary>Reads who repeats what. Half a name would make changes pass for repetitions of others.</summary>
    /// <param name="headers">Of the request.</param>
    /// <param name="client">Empty for nobody in particular.</param>
    /// <param name="sequence">0 for nobody in particular.</param>
    /// <returns>Whether there are both headers, or neither.</returns>
    public static bool TryReadSession(IHeaderDictionary headers, out Guid client, out ulong sequence)
    {
        (client, sequence) = (Guid.Empty, 0);
        return (!headers.ContainsKey(ClientHeader) && !headers.ContainsKey(SequenceHeader))
            || (Guid.TryParse(headers[ClientHeader], out client) && ulong.TryParse(headers[SequenceHeader], out sequence) && sequence > 0);
    }

    private static async Task<IResult> ChangeAsync(string key, HttpRequest request, RaftService service, KvHostOptions options, KvOperation operation)
    {
        if (!IsKey(key))
        {
            return Refuse($"a key has 1 to {KeyMax} characters");
        }

        if (!TryReadSession(request.Headers, out var client, out var sequence))
        {
            return Refuse($"{ClientHeader} (a UUID) and {SequenceHeader} (1 or more) go together");
        }

        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        if (body.Length == 0 && operation != KvOperation.Delete)
        {
            return Refuse("a value has one byte at least; DELETE removes a key");
        }

        var expected = Encoding.UTF8.GetBytes(request.Headers[ExpectedHeader].ToString());
        return Answer(await service.Node.ProposeAsync(GroupOf(key, options.Groups), new KvCommand(client, sequence, operation, key, body.ToArray(), expected).Encode()));
    }

    private static async Task<IResult> VotersAsync(RaftService service, KvHostOptions options, ulong group, string name, bool joins)
        => !MemberId.TryParse(name, out var member) ? Refuse($"'{name}' is no name of a node")
            : group == 0 || group > (ulong)options.Groups ? Refuse($"there are groups 1 to {options.Groups}")
            : Answer(await service.Node.ChangeAsync(group, member, joins), $"a group has 1 to {Configuration.VotersMax} voters");

    private static bool IsKey(string key) => key.Length is > 0 and <= KeyMax;

    private static IResult Refuse(string problem) => Results.Text(problem, statusCode: StatusCodes.Status400BadRequest);

    private static IResult Answer(KvAnswer answer, string? problem = null)
    {
        var (value, bytes) = Value(answer.Value);
        return Results.Json(new KvReply(answer.Kind, answer.Result, value, answer.Leader.ToString(), bytes, answer.Kind == KvAnswerKind.Refused ? problem : null), statusCode: answer.Kind switch
        {
            KvAnswerKind.Applied or KvAnswerKind.Value => StatusCodes.Status200OK,
            KvAnswerKind.NotLeader when !answer.Leader.IsDefault => StatusCodes.Status421MisdirectedRequest,
            KvAnswerKind.NotLeader or KvAnswerKind.Busy => StatusCodes.Status503ServiceUnavailable,
            KvAnswerKind.TooLarge => StatusCodes.Status413PayloadTooLarge,
            KvAnswerKind.Refused => StatusCodes.Status409Conflict,
            _ => StatusCodes.Status504GatewayTimeout,
        });
    }

    private static (string Text, byte[]? Bytes) Value(ReadOnlyMemory<byte> value)
    {
        try
        {
            return (_strict.GetString(value.Span), null);
        }
        catch (DecoderFallbackException)
        {
            return ("", value.ToArray());
        }
    }
}

/// <summary>What a client is told.</summary>
/// <param name="Kind">What is known.</param>
/// <param name="Result">What a change did.</param>
/// <param name="Value">What a read found.</param>
/// <param name="Leader">Who leads, where this node does not.</param>
/// <param name="Bytes">What a read found when that is no text in UTF-8, in base 64.</param>
/// <param name="Problem">Why a change was refused.</param>
internal sealed record KvReply(KvAnswerKind Kind, KvResult Result, string Value, string Leader, byte[]? Bytes = null, string? Problem = null);
