using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;
using Chirps.Engine.State;
using Chirps.Node;

namespace Chirps.Silo.Http;

/// <summary><c>/api/state/events?prefix=</c>: changes of the key-values of all nodes as server-sent events.</summary>
internal static class StateStream
{
    public static void MapStateStream(this IEndpointRouteBuilder routes) => routes.MapGet("/api/state/events", (IMeshNode node, CancellationToken cancellationToken, string prefix = "")
        => TypedResults.ServerSentEvents(Changes(node, prefix, cancellationToken))).AsStream();

    private static async IAsyncEnumerable<SseItem<object>> Changes(IMeshNode node, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var feed = node.WatchState(prefix.Length == 0 ? null : prefix);
        yield return new SseItem<object>(new { }, StreamEndpoints.SubscribedEvent);
        await foreach (var record in feed.Changes.ReadAllAsync(cancellationToken))
        {
            if (record.Change.Kind is StateChangeKind.Set or StateChangeKind.Deleted or StateChangeKind.Reset)
            {
                yield return new SseItem<object>(StateChangeReply.Of(record), "state");
            }
        }
    }
}

/// <summary>A change of a key-value.</summary>
/// <param name="At">When this node saw it.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Owner">Whose key it is.</param>
/// <param name="Key">The key; empty for a reset.</param>
/// <param name="Text">The value where it is UTF-8.</param>
/// <param name="Value">The value, in base64.</param>
/// <param name="Version">The owner's write.</param>
/// <param name="MissedBefore">Whether changes before this one were lost because they came too fast.</param>
internal sealed record StateChangeReply(DateTimeOffset At, StateEventKind Kind, NodeId Owner, string Key, string? Text, ReadOnlyMemory<byte> Value, ulong Version, bool MissedBefore)
{
    public static StateChangeReply Of(StateRecord record)
    {
        var change = record.Change;
        return new StateChangeReply(
            record.At,
            Enum.Parse<StateEventKind>(change.Kind.ToString()),
            new NodeId(change.Owner.ToString()),
            change.Key,
            Utf8.IsValid(change.Value.Span) ? Encoding.UTF8.GetString(change.Value.Span) : null,
            change.Value,
            change.Version,
            record.MissedBefore);
    }
}
