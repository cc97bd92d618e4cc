using System.Text;

namespace Chirps.Silo.Http;

/// <summary>What the command line and scripts use: <c>/api/send</c>, <c>/api/broadcast</c>, <c>/api/join</c>, <c>/api/leave</c>, <c>/api/state</c>, the live streams, and the durable channels.</summary>
internal static class ApiEndpoints
{
    public static void MapApi(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api");
        api.AddEndpointFilter(BadRequests);
        api.MapPost("/send", Send);
        api.MapPost("/broadcast", Broadcast);
        api.MapPost("/join", async (JoinRequest request, IGrainFactory grains, CancellationToken cancellationToken) =>
        {
            try
            {
                await Mesh(grains).Join(request.Seeds, cancellationToken);
                return Results.Accepted();
            }
            catch (InvalidOperationException left)
            {
                return Results.Conflict(new { error = left.Message });
            }
        });
        api.MapPost("/leave", async (IGrainFactory grains, CancellationToken cancellationToken) =>
        {
            await Mesh(grains).Leave(cancellationToken);
            return Results.NoContent();
        });
        api.MapPost("/state", async (StateRequest request, IGrainFactory grains) =>
            new { outcome = await Mesh(grains).SetState(request.Key, Encoding.UTF8.GetBytes(request.Text), request.Lifetime()) });
        api.MapDelete("/state", async (string key, IGrainFactory grains) => new { outcome = await Mesh(grains).DeleteState(key) });
        api.MapStreams();
        api.MapChannels();
    }

    private static async Task<SendReply> Send(SendRequest request, IGrainFactory grains, CancellationToken cancellationToken)
    {
        var mesh = Mesh(grains);
        var payload = request.Bytes();
        var outcomes = new Dictionary<string, int>(StringComparer.Ordinal);
        SendReceipt? last = null;
        var repeated = Enumerable.Range(0, request.Count);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = request.Concurrency, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(repeated, parallel, async (_, token) =>
        {
            var receipt = await mesh.SendTo(request.Target, payload, request.Profile, request.Topic, request.Options(), token);
            lock (outcomes)
            {
                last = receipt;
                var key = receipt.Reason == SendFailure.None ? $"{receipt.Outcome}" : $"{receipt.Outcome}:{receipt.Reason}";
                outcomes[key] = outcomes.GetValueOrDefault(key) + 1;
            }
        });
        return new SendReply(outcomes, last);
    }

    private static Task<BroadcastReceipt> Broadcast(BroadcastRequest request, IGrainFactory grains, CancellationToken cancellationToken)
        => Mesh(grains).Broadcast(Encoding.UTF8.GetBytes(request.Text), request.Profile, request.Topic, cancellationToken: cancellationToken);

    private static IMeshGrain Mesh(IGrainFactory grains) => grains.GetGrain<IMeshGrain>(IMeshGrain.LocalKey);

    /// <summary>A caller's mistake is a 400 that says what is wrong.</summary>
    private static async ValueTask<object?> BadRequests(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return context.Arguments.OfType<ICheckedRequest>().FirstOrDefault()?.Problem() is { } problem
                ? Results.BadRequest(new { error = problem })
                : await next(context);
        }
        catch (ArgumentException exception)
        {
            // Without the parameter and value that .NET adds for programmers.
            return Results.BadRequest(new { error = exception.Message.Split(" (Parameter ")[0] });
        }
    }
}
