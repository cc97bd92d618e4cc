using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Orleans.Streams;

namespace Chirps.Silo.Http;

/// <summary>
/// Orleans streams as server-sent events: <c>/api/events</c> (membership), <c>/api/subscribe?topic=</c> (messages, or
/// with <c>counts=true</c> how many came from whom). Each reader has its own bounded queue.
/// </summary>
internal static class StreamEndpoints
{
    /// <summary>Type of the first event: the subscription stands, nothing that comes from now on is missed.</summary>
    public const string SubscribedEvent = "subscribed";

    /// <summary>Type of the last event of a reader that was too slow.</summary>
    public const string ErrorEvent = "error";

    private const int QueueMax = 4096;
    private static readonly TimeSpan _countsPeriod = TimeSpan.FromMilliseconds(100);

    private static SseItem<object> TooSlow => new(new { error = $"this reader is too slow: {QueueMax} events waited for it, and the next ones are lost" }, ErrorEvent);

    private static SseItem<object> Subscribed => new(new { }, SubscribedEvent);

    public static void MapStreams(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/events", (IClusterClient cluster, CancellationToken cancellationToken)
            => TypedResults.ServerSentEvents(Events(cluster, cancellationToken))).AsStream();
        routes.MapGet("/subscribe", IResult (string topic, IClusterClient cluster, CancellationToken cancellationToken, bool counts = false)
            => topic.Length == 0 ? Results.BadRequest(new { error = "topic: 1 to 255 bytes are needed" })
                : counts
                ? TypedResults.ServerSentEvents(Counts(cluster, topic, cancellationToken))
                : TypedResults.ServerSentEvents(Messages(cluster, topic, cancellationToken))).AsStream();
    }

    private static async IAsyncEnumerable<SseItem<object>> Events(IClusterClient cluster, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var one in Read<MembershipEvent>(cluster, ChirpsStreams.Membership, cancellationToken))
        {
            yield return one is null ? Subscribed : new SseItem<object>(EventReply.Of(one), "membership");
        }

        yield return TooSlow;
    }

    private static async IAsyncEnumerable<SseItem<object>> Messages(IClusterClient cluster, string topic, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var one in Read<MeshMessage>(cluster, ChirpsStreams.Messages(topic), cancellationToken))
        {
            yield return one is null ? Subscribed : new SseItem<object>(MessageReply.Of(one), "message");
        }

        yield return TooSlow;
    }

    /// <summary>Yields <see langword="null"/> once, when the subscription stands, then what comes; ends when the queue of a slow reader is full: nobody else waits for it.</summary>
    private static async IAsyncEnumerable<T?> Read<T>(IClusterClient cluster, StreamId id, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        var queue = Channel.CreateBounded<T>(QueueMax);
        var handle = await Subscribe<T>(cluster, id, item =>
        {
            if (!queue.Writer.TryWrite(item))
            {
                queue.Writer.TryComplete();
            }

            return Task.CompletedTask;
        });
        try
        {
            yield return null;
            await foreach (var item in queue.Reader.ReadAllAsync(cancellationToken))
            {
                yield return item;
            }
        }
        finally
        {
            await handle.UnsubscribeAsync();
        }
    }

    private static async IAsyncEnumerable<SseItem<IReadOnlyList<CountReply>>> Counts(IClusterClient cluster, string topic, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var counts = new Dictionary<(NodeId From, MessageProfile Profile), long>();
        var handle = await Subscribe<MeshMessage>(cluster, ChirpsStreams.Messages(topic), message =>
        {
            lock (counts)
            {
                counts[(message.From, message.Profile)] = counts.GetValueOrDefault((message.From, message.Profile)) + 1;
            }

            return Task.CompletedTask;
        });
        try
        {
            using var timer = new PeriodicTimer(_countsPeriod);
            do
            {
                List<CountReply> now;
                lock (counts)
                {
                    now = [.. counts.Select(one => new CountReply(one.Key.From, one.Key.Profile, one.Value))];
                }

                yield return new SseItem<IReadOnlyList<CountReply>>(now, "counts");
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        finally
        {
            await handle.UnsubscribeAsync();
        }
    }

    private static Task<StreamSubscriptionHandle<T>> Subscribe<T>(IClusterClient cluster, StreamId id, Func<T, Task> onNext)
        => cluster.GetStreamProvider(ChirpsStreams.Provider).GetStream<T>(id).SubscribeAsync((item, _) => onNext(item));
}

/// <summary>A message, for reading: text when it is UTF-8, else only base64.</summary>
internal sealed record MessageReply(NodeId From, string Topic, MessageProfile Profile, Guid MessageId, string Base64, string? Text)
{
    public static MessageReply Of(MeshMessage message) => new(
        message.From,
        message.Topic,
        message.Profile,
        message.MessageId,
        Convert.ToBase64String(message.Payload.Span),
        System.Text.Unicode.Utf8.IsValid(message.Payload.Span) ? System.Text.Encoding.UTF8.GetString(message.Payload.Span) : null);
}

/// <summary>How many messages came from a node with a profile, since the subscription began.</summary>
internal sealed record CountReply(NodeId From, MessageProfile Profile, long Count);
