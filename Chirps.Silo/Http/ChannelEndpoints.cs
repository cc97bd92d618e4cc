using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Chirps.Iggy.Durable;
using Chirps.Node;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Chirps.Silo.Http;

/// <summary>Durable channels: <c>/api/channels</c>, <c>/api/publish</c>, <c>/api/replay</c>, <c>/api/lag</c>.</summary>
internal static class ChannelEndpoints
{
    private const string Lines = "application/x-ndjson";
    private const string Events = "text/event-stream";

    public static void MapChannels(this IEndpointRouteBuilder api)
    {
        var routes = api.MapGroup("");
        routes.AddEndpointFilter(ChannelErrors);
        routes.MapGet("/channels", List);
        routes.MapPost("/publish", Publish);
        routes.MapGet("/replay", Replay).AsStream();
        routes.MapGet("/lag", async (string channel, IDurableChannels channels, CancellationToken cancellationToken, string[]? consumer = null) =>
            new LagReply(channel, [.. (await channels.LagAsync(channel, consumer, cancellationToken)).Select(ConsumerLagReply.Of)]));
    }

    private static async Task<ChannelsReply> List(IDurableChannels channels, CancellationToken cancellationToken, string? name = null)
    {
        var reports = name is null
            ? await channels.ListAsync(cancellationToken)
            : await channels.FindAsync(name, cancellationToken) is { } report ? [report] : throw new BadHttpRequestException($"there is no channel '{name}'", StatusCodes.Status404NotFound);
        var status = channels.Status;
        return new ChannelsReply(ServerReply.Of(status), OutboxReply.Of(status.Outbox), reports);
    }

    private static async Task<PublishReply> Publish(PublishRequest request, IDurableChannels channels, CancellationToken cancellationToken)
    {
        var payload = request.Bytes();
        var outcomes = new Dictionary<string, int>(StringComparer.Ordinal);
        ChannelReceipt? last = null;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = request.Concurrency, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(Enumerable.Range(0, request.Count), parallel, async (_, token) =>
        {
            var receipt = await channels.PublishAsync(request.Channel, payload, request.Settings(), token);
            lock (outcomes)
            {
                last = receipt;
                var key = receipt.Reason == FailureReason.None ? $"{receipt.Outcome}" : $"{receipt.Outcome}:{receipt.Reason}";
                outcomes[key] = outcomes.GetValueOrDefault(key) + 1;
            }
        });
        return new PublishReply(outcomes, last);
    }

    private static async Task<IResult> Replay(
        string channel, HttpRequest request, IDurableChannels channels, IOptions<JsonOptions> json, CancellationToken cancellationToken, string from = "beginning", int? partition = null, long? limit = null, bool? follow = null)
    {
        var start = Start(from);
        var settings = new ReplaySettings { From = start, Partition = partition, Limit = limit, Follow = follow ?? start == ReplayStart.Now };
        var items = await channels.ReplayAsync(channel, settings, cancellationToken);
        var isEvents = request.Headers.Accept.Any(accept => accept?.Contains(Events, StringComparison.OrdinalIgnoreCase) == true);
        var lines = ReplayLines(items, isEvents || settings.Follow, cancellationToken);
        return isEvents
            ? TypedResults.ServerSentEvents(AsEvents(lines, cancellationToken))
            : Results.Stream(body => WriteAsync(body, lines, settings.Follow, json.Value.SerializerOptions, cancellationToken), Lines);
    }

    private static ReplayStart Start(string from)
        => from == "beginning" ? ReplayStart.Beginning
            : from == "now" ? ReplayStart.Now
            : ulong.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out var offset) ? ReplayStart.Offset(offset)
            : DateTimeOffset.TryParse(from, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? ReplayStart.Instant(instant)
            : throw new ArgumentException("from: beginning, now, an offset or an instant like 2026-01-31T12:00:00Z is needed");

    private static async IAsyncEnumerable<ReplayLine> ReplayLines(IAsyncEnumerable<ReplayItem> items, bool isAnnounced, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (isAnnounced)
        {
            yield return new ReplayLine { Subscribed = new { } };
        }

        var messages = 0L;
        await using var reader = items.GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            ReplayLine line;
            try
            {
                line = await reader.MoveNextAsync() ? ReplayLine.Of(reader.Current) : new ReplayLine { End = new ReplayEnd(messages) };
            }
            catch (ChannelException exception)
            {
                line = new ReplayLine { Error = exception.Message };
            }

            yield return line;
            if (line.End is not null || line.Error is not null)
            {
                yield break;
            }

            messages += line.Message is null ? 0 : 1;
        }
    }

    private static async IAsyncEnumerable<SseItem<object>> AsEvents(IAsyncEnumerable<ReplayLine> lines, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var line in lines.WithCancellation(cancellationToken))
        {
            var (kind, data) = line.Event();
            yield return new SseItem<object>(data, kind);
        }
    }

    private static async Task WriteAsync(Stream body, IAsyncEnumerable<ReplayLine> lines, bool isLive, JsonSerializerOptions json, CancellationToken cancellationToken)
    {
        await foreach (var line in lines.WithCancellation(cancellationToken))
        {
            await JsonSerializer.SerializeAsync(body, line, json, cancellationToken);
            await body.WriteAsync("\n"u8.ToArray(), cancellationToken);
            if (isLive)
            {
                await body.FlushAsync(cancellationToken);
            }
        }
    }

    /// <summary>What the server of durable messages could not do is told with a status of its own.</summary>
    private static async ValueTask<object?> ChannelErrors(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (BadHttpRequestException missing) when (missing.StatusCode == StatusCodes.Status404NotFound)
        {
            return Results.NotFound(new { error = missing.Message });
        }
        catch (ChannelException exception)
        {
            var status = exception.Fault switch
            {
                ChannelFault.UnknownChannel or ChannelFault.UnknownPartition => StatusCodes.Status404NotFound,
                ChannelFault.Refused => StatusCodes.Status502BadGateway,
                _ => StatusCodes.Status503ServiceUnavailable,
            };
            return Results.Json(new { error = exception.Message }, statusCode: status);
        }
    }
}
