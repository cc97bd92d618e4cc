using System.Globalization;
using Chirps.Node;
using Chirps.Node.Metrics;

namespace Chirps.Silo.Http;

/// <summary>
/// Bounds the streams that are open at a time (<see cref="HttpOptions.StreamsMax"/>): each holds a connection, a subscription and a queue until its
/// reader goes away. The next one is answered with 503, and counted. Any thread.
/// </summary>
internal sealed class StreamLimit
{
    private const int RetrySeconds = 5;

    private readonly RequestDelegate _next;
    private readonly int _most;
    private readonly CounterFamily _refused;
    private int _open;

    public StreamLimit(RequestDelegate next, HttpOptions options, MeshNode node)
    {
        _next = next;
        _most = options.StreamsMax;
        node.Metrics.Gauge("chirps.http.streams", "{stream}", "Open streams over HTTP: events, messages, key-values, replays. Pages are not among them.", () => Volatile.Read(ref _open));
        _refused = node.Metrics.Counter("chirps.http.streams.refused", "{stream}", "Streams refused because as many were open as Chirps:Http:StreamsMax allows.");
    }

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<StreamMark>() is null)
        {
            await _next(context);
            return;
        }

        try
        {
            if (Interlocked.Increment(ref _open) <= _most)
            {
                await _next(context);
                return;
            }
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }

        _refused.Add(0);
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.RetryAfter = RetrySeconds.ToString(CultureInfo.InvariantCulture);
        await context.Response.WriteAsJsonAsync(new { error = $"as many streams are open as are allowed, {_most} (Chirps:Http:StreamsMax)" }, context.RequestAborted);
    }
}

/// <summary>Marks what <see cref="StreamLimit"/> bounds.</summary>
internal sealed class StreamMark
{
    public static StreamMark Instance { get; } = new();
}

/// <summary>Puts the mark on endpoints.</summary>
internal static class StreamMarks
{
    /// <summary>The endpoint's answer goes on until its reader goes away.</summary>
    public static void AsStream(this RouteHandlerBuilder route) => route.WithMetadata(StreamMark.Instance);
}
