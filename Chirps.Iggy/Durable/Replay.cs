using System.Runtime.CompilerServices;
using Chirps.Engine.Membership;
using Chirps.Iggy.Backend;
using Chirps.Iggy.Client;
using Chirps.Iggy.Protocol;

namespace Chirps.Iggy.Durable;

/// <summary>One replay of a channel: polls its partitions and merges them by the time of storing. For one reader.</summary>
internal sealed class Replay(IggyLink link, IggyClient client, TimeSpan patience, string channel, ReplaySettings settings, TimeSpan pause)
{
    private const int BatchMessages = 512;

    private readonly List<ReplayCursor> _cursors = [];
    private readonly MemberId _host = link.Host;
    private IggyClient _client = client;

    /// <summary>Under whose name replays poll; nothing is stored for it.</summary>
    public static IggyConsumer Reader { get; } = IggyConsumer.Of("chirps.replay");

    /// <summary>Fixes where the replay begins and, unless it follows, where it ends.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var topic = await _client.WithTimeout(patience).GetTopicAsync(link.Stream, channel, cancellationToken).ConfigureAwait(false) ?? throw MeshChannels.UnknownChannel(channel);
        var from = settings.From;
        if (settings.Partition is { } wanted && topic.Partitions.All(partition => partition.Id != wanted))
        {
            throw new ChannelException(ChannelFault.UnknownPartition, $"channel '{channel}' has no partition {wanted}; it has {topic.Partitions.Count}");
        }

        if (from.Kind == ReplayStartKind.Offset && settings.Partition is null && topic.Partitions.Count > 1)
        {
            throw new ArgumentException($"partition: an offset is a place in one partition, and channel '{channel}' has {topic.Partitions.Count}");
        }

        foreach (var partition in topic.Partitions.Where(partition => settings.Partition is null || partition.Id == settings.Partition))
        {
            var next = MeshChannels.NextOffset(partition);
            _cursors.Add(new ReplayCursor(partition.Id)
            {
                End = settings.Follow ? ulong.MaxValue : next,
                Next = from.Kind switch { ReplayStartKind.Offset => from.OffsetValue, ReplayStartKind.Now => next, _ => null },
                Known = next,
            });
        }
    }

    public async IAsyncEnumerable<ReplayItem> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var left = settings.Limit ?? long.MaxValue; left > 0;)
        {
            await FillAsync(cancellationToken).ConfigureAwait(false);
            if (Oldest() is { } cursor)
            {
                var item = cursor.Read.Dequeue();
                left -= item.Gap is null ? 1 : 0;
                yield return item;
            }
            else if (settings.Follow)
            {
                await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
                _cursors.ForEach(one => one.IsDry = false);
            }
            else
            {
                yield break;
            }
        }
    }

    private ReplayCursor? Oldest() => _cursors.Where(cursor => cursor.Read.Count > 0).MinBy(cursor => cursor.Read.Peek().StoredAt);

    /// <summary>Asks for more in each partition that has run empty, unless it had nothing when last asked.</summary>
    private async Task FillAsync(CancellationToken cancellationToken)
    {
        var empty = _cursors.Where(cursor => cursor.Read.Count == 0 && !cursor.IsDry && (cursor.Next ?? 0) < cursor.End).ToArray();
        if (empty.Length == 0)
        {
            return;
        }

        if (link.Host != _host)
        {
            throw MeshChannels.Explain(new ObjectDisposedException(nameof(IggyClient)));
        }

        // The same host may have come back at another address.
        _client = link.Client ?? _client;
        try
        {
            await Task.WhenAll(empty.Select(cursor => PollAsync(cursor, cancellationToken))).ConfigureAwait(false);
        }
        catch (Exception exception) when (settings.Follow && exception is IggyException { Failure: not IggyFailure.Refused } or ObjectDisposedException)
        {
            // The server is away: what comes after it is back is read then.
            Array.ForEach(empty, cursor => cursor.IsDry = cursor.Read.Count == 0);
        }
        catch (Exception exception) when (exception is IggyException or ObjectDisposedException)
        {
            throw MeshChannels.Explain(exception);
        }
    }

    private async Task PollAsync(ReplayCursor cursor, CancellationToken cancellationToken)
    {
        var strategy = cursor.Next is { } next ? PollingStrategy.FromOffset(next)
            : settings.From.Kind == ReplayStartKind.Instant ? PollingStrategy.FromTime(settings.From.InstantValue)
            : PollingStrategy.First;
        var count = (int)Math.Clamp(settings.Limit ?? BatchMessages, 1, Math.Max(1, BatchMessages * 4 / _cursors.Count));
        using var polled = await _client.WithTimeout(patience).PollAsync(Reader, link.Stream, channel, cursor.Partition, strategy, Math.Min(count, BatchMessages), false, cancellationToken).ConfigureAwait(false);
        var newest = Math.Max(cursor.Known, polled.Count > 0 ? polled.CurrentOffset + 1 : 0);
        foreach (var message in polled)
        {
            if (message.Offset >= cursor.End)
            {
                // Stored after the replay began.
                cursor.Next = cursor.End;
                break;
            }

            cursor.Take(message, newest);
        }

        cursor.Known = newest;
        cursor.IsDry = polled.Count == 0;
        if (polled.Count > 0)
        {
            return;
        }

        if (cursor.Next is null)
        {
            // Nothing is as new as the instant; or there is nothing at all.
            cursor.Next = cursor.Known;
        }
        else if (polled.CurrentOffset + 1 < cursor.Next && cursor.Next <= cursor.Known)
        {
            // The channel was emptied, and counts from 0 again.
            cursor.Skip(0, 0);
        }
        else if (cursor.Next < cursor.Known)
        {
            cursor.Skip(cursor.Known, cursor.Known);
        }
    }
}
