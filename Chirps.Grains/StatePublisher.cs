using Chirps.Node;
using Microsoft.Extensions.Logging;
using Orleans.Streams;

namespace Chirps.Grains;

/// <summary>Passes changes of key-values on to the streams <see cref="ChirpsStreams.State"/> of all prefixes of their keys, in order.</summary>
internal sealed partial class StatePublisher(IMeshNode node, IClusterClient cluster, ILogger<StatePublisher> logger) : IPublisher
{
    /// <summary>Parts of a key that have a stream of their own; deeper ones are on the streams above.</summary>
    private const int PartsMax = 8;

    /// <summary>Where the keys of each owner were published: its reset concerns them all.</summary>
    private readonly Dictionary<NodeId, HashSet<string>> _published = [];

    public async Task RunAsync(CancellationToken stopping)
    {
        var provider = cluster.GetStreamProvider(ChirpsStreams.Provider);
        using var feed = node.WatchState(prefix: "");
        while (await feed.Changes.WaitToReadAsync(stopping))
        {
            while (feed.Changes.TryRead(out var record))
            {
                await PublishAsync(provider, record.ToEvent());
            }
        }
    }

    /// <summary>The streams of a key: all keys, each part that ends with a slash, the key itself.</summary>
    internal static IEnumerable<string> Prefixes(string key)
    {
        yield return ChirpsStreams.AllKeys;
        var slash = -1;
        for (var part = 0; part < PartsMax && (slash = key.IndexOf('/', slash + 1)) >= 0 && slash < key.Length - 1; part++)
        {
            yield return key[..(slash + 1)];
        }

        yield return key;
    }

    private async Task PublishAsync(IStreamProvider provider, StateEvent change)
    {
        if (!_published.TryGetValue(change.Owner, out var known))
        {
            known = [ChirpsStreams.AllKeys];
            _published.Add(change.Owner, known);
        }

        if (change.Kind != StateEventKind.Reset)
        {
            known.UnionWith(Prefixes(change.Key));
        }

        var targets = change.Kind == StateEventKind.Reset ? [.. known] : Prefixes(change.Key).ToArray();
        try
        {
            await Task.WhenAll(targets.Select(prefix => provider.GetStream<StateEvent>(ChirpsStreams.State(prefix)).OnNextAsync(change)));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogLost(logger, change.Owner, change.Key, exception);
        }
    }

    [LoggerMessage(4003, LogLevel.Error, "Lost a change of key {Key} of {Owner}: the stream did not take it. Subscribers must read again")]
    private static partial void LogLost(ILogger logger, NodeId owner, string key, Exception exception);
}
