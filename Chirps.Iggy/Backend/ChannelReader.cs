using Chirps.Engine.Membership;
using Chirps.Iggy.Client;
using Chirps.Iggy.Protocol;
using Chirps.Node;
using Microsoft.Extensions.Logging;

namespace Chirps.Iggy.Backend;

/// <summary>
/// Reads this node's inbox and the broadcasts, and hands them to the node's subscribers in order: at least once, from where the node
/// stopped before, or from the oldest message kept when it never read. Waits while nobody subscribes to anything.
/// </summary>
internal sealed partial class ChannelReader : IAsyncDisposable
{
    private const int BatchMessages = 256;

    /// <summary>So long after the last message, or the last word of one, it is asked for more as often as is configured.</summary>
    private static readonly TimeSpan _attention = TimeSpan.FromSeconds(1);

    /// <summary>Later it is asked so many times less often: messages of this mesh are announced, see <see cref="StoredNews"/>, and only others are waited for.</summary>
    private const int QuietFactor = 10;

    /// <summary>After a failure, before the next attempt.</summary>
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(50);

    private readonly MeshNode _node;
    private readonly IggyLink _link;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly StoredNews _news;
    private readonly Action<DurableHeader?> _seen;
    private readonly Task _running;
    private volatile ReadPosition[] _positions = [];
    private MemberId _host;
    private long _heardAt;

    /// <param name="node">Whose channels, and whose subscribers.</param>
    /// <param name="link">The server.</param>
    /// <param name="news">Says when others have stored something for this node.</param>
    /// <param name="seen">Told of each message before it is handed over; of none when another program wrote it.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where to log.</param>
    public ChannelReader(MeshNode node, IggyLink link, StoredNews news, Action<DurableHeader?> seen, TimeProvider time, ILogger log)
    {
        _node = node;
        _link = link;
        _news = news;
        _seen = seen;
        _time = time;
        _log = log;
        _running = Task.Run(RunAsync);
    }

    /// <summary>Messages of the inbox, or of the broadcasts, that are stored and not handed over yet.</summary>
    public long Lag(bool inbox) => _positions.Where(position => DurableChannels.IsInbox(position.Channel) == inbox).Sum(position => position.Lag);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            var changed = _link.Changed.Next;
            try
            {
                if (_link.Client is { } client)
                {
                    await FindPositionsAsync(client).ConfigureAwait(false);
                    await ReadAsync(client).ConfigureAwait(false);
                }
                else
                {
                    await changed.WaitAsync(_stopping.Token).ConfigureAwait(false);
                }

                continue;
            }
            catch (Exception exception) when (exception is IggyException or ObjectDisposedException)
            {
                LogWaiting(_log, exception.Message);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception exception)
            {
                LogBroken(_log, exception);
            }

            await Task.Delay(_pause, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task FindPositionsAsync(IggyClient client)
    {
        var self = _node.Membership.Self.Id;
        var former = _link.Host == _host ? _positions : [];
        var positions = new List<ReadPosition>();
        foreach (var channel in new[] { DurableChannels.Inbox(self), DurableChannels.Broadcast })
        {
            var partitions = await _link.PartitionsAsync(channel, _stopping.Token).ConfigureAwait(false);
            for (var partition = 0u; partition < partitions; partition++)
            {
                var stored = await client.GetOffsetAsync(DurableChannels.Reader(self), _link.Stream, channel, partition, _stopping.Token).ConfigureAwait(false);
                var next = stored is { } known ? known.StoredOffset + 1 : 0;

                // What was handed over before the connection was lost is not handed over again.
                var mine = former.FirstOrDefault(position => position.Channel == channel && position.Partition == partition)?.Next ?? 0;
                positions.Add(new ReadPosition(channel, partition) { Stored = next, Next = Math.Max(next, mine) });
            }
        }

        _host = _link.Host;
        _positions = [.. positions];
    }

    private async Task ReadAsync(IggyClient client)
    {
        while (_link.Client == client && !_stopping.IsCancellationRequested)
        {
            var (read, news) = (0, _news.Next);
            if (_node.Subscribers.HasReaders)
            {
                var polls = _positions.Select(position => PollAsync(client, position)).ToArray();
                await Task.WhenAll(polls).ConfigureAwait(false);
                for (var index = 0; index < polls.Length; index++)
                {
                    read += await HandOverAsync(client, _positions[index], await polls[index].ConfigureAwait(false)).ConfigureAwait(false);
                }
            }

            if (read > 0 || await IsToldAsync(news).ConfigureAwait(false))
            {
                _heardAt = _time.GetTimestamp();
            }
        }
    }

    /// <summary>Waits until it is time to ask again.</summary>
    /// <returns>Whether that is because somebody stored something.</returns>
    private async Task<bool> IsToldAsync(Task news)
    {
        var pause = _node.Options.Backends.Iggy.PollInterval * (_time.GetElapsedTime(_heardAt) < _attention ? 1 : QuietFactor);
        await news.WaitAsync(pause, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Token.ThrowIfCancellationRequested();
        return news.IsCompleted;
    }

    private async Task<List<ReadMessage>> PollAsync(IggyClient client, ReadPosition position)
    {
        using var polled = await client.PollAsync(
            DurableChannels.Reader(_node.Membership.Self.Id), _link.Stream, position.Channel, position.Partition, PollingStrategy.FromOffset(position.Next), BatchMessages, autoCommit: false, _stopping.Token).ConfigureAwait(false);
        position.Lag = Math.Max(0, (long)(polled.CurrentOffset + 1 - position.Next));
        var messages = new List<ReadMessage>(polled.Count);
        foreach (var message in polled)
        {
            DurableHeader? header = DurableCodec.TryRead(message.UserHeaders, out var read, out _) ? read : null;
            messages.Add(new ReadMessage(message.Offset, header, header is null ? [] : message.Payload.ToArray()));
        }

        if (messages.Count == 0)
        {
            position.Lag = 0;
            if (polled.CurrentOffset + 1 < position.Next)
            {
                // The channel was emptied, and counts from 0 again.
                LogEmptied(_log, position.Channel, position.Partition);
                position.Next = 0;
            }
        }

        return messages;
    }

    private async Task<int> HandOverAsync(IggyClient client, ReadPosition position, List<ReadMessage> messages)
    {
        foreach (var message in messages)
        {
            _seen(message.Header);
            if (message.Header is { } header)
            {
                await _node.Subscribers.DeliverAsync(header.Sender, header.MessageId, header.Topic, message.Payload, header.Trace, _stopping.Token).ConfigureAwait(false);
            }

            position.Next = message.Offset + 1;
            position.Lag = Math.Max(0, position.Lag - 1);
        }

        if (position.Next > position.Stored)
        {
            // Also when stopping: what was handed over is not to come again after an orderly stop.
            var patient = client.WithTimeout(_node.Options.Backends.Iggy.SendTimeout);
            await patient.StoreOffsetAsync(DurableChannels.Reader(_node.Membership.Self.Id), _link.Stream, position.Channel, position.Partition, position.Next - 1, CancellationToken.None).ConfigureAwait(false);
            position.Stored = position.Next;
        }

        return messages.Count;
    }

    [LoggerMessage(3250, LogLevel.Debug, "Durable messages are not read at the moment: {Why}")]
    private static partial void LogWaiting(ILogger logger, string why);

    [LoggerMessage(3251, LogLevel.Error, "Reading durable messages failed in a way that should not be; it is tried again")]
    private static partial void LogBroken(ILogger logger, Exception exception);

    [LoggerMessage(3252, LogLevel.Warning, "Partition {Partition} of channel {Channel} was emptied: it is read from its beginning")]
    private static partial void LogEmptied(ILogger logger, string channel, uint partition);

    /// <summary>A message that was read; without a header when it is none of ours.</summary>
    private sealed record ReadMessage(ulong Offset, DurableHeader? Header, byte[] Payload);
}
