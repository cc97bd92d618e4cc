using System.Collections.Concurrent;
using System.Diagnostics;
using Chirps.Iggy.Client;
using Chirps.Iggy.Protocol;
using Chirps.Node;
using Microsoft.Extensions.Logging;

namespace Chirps.Iggy.Backend;

/// <summary>
/// Publishes messages to the server, or into the outbox while it cannot be reached or messages before them wait there. Messages of one
/// partition are stored in the order of the calls.
/// </summary>
internal sealed partial class DurablePublisher(IggyLink link, Outbox outbox, DurableMetrics metrics, Action<string> stored, TimeSpan timeout, TimeProvider time, ILogger log)
{
    /// <summary>Payload bytes that may wait for the server's answers; what does not fit is rejected with <c>QueueFull</c>.</summary>
    private const long WaitingBytesMax = 128 * 1024 * 1024;

    /// <summary>So few messages in the outbox of a node that reaches the server are gone soon: what is sent meanwhile waits for that, or the outbox would never be left.</summary>
    private const int NearlyEmpty = 1024;

    private readonly ConcurrentDictionary<string, ChannelLanes> _channels = new(StringComparer.Ordinal);
    private long _waitingBytes;

    /// <summary>Publishes a message; its payload is copied.</summary>
    /// <param name="channel">Where to.</param>
    /// <param name="header">What is said of it.</param>
    /// <param name="hasChosenId">Whether the caller chose its id.</param>
    /// <param name="payload">The bytes.</param>
    /// <param name="patience">How long to wait for certainty.</param>
    /// <param name="cancellationToken">Ends the wait; the message may be stored all the same.</param>
    public async ValueTask<SendResult> PublishAsync(string channel, DurableHeader header, bool hasChosenId, ReadOnlyMemory<byte> payload, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (Interlocked.Add(ref _waitingBytes, payload.Length) > WaitingBytesMax)
        {
            Interlocked.Add(ref _waitingBytes, -payload.Length);
            return SendResult.Rejected(FailureReason.QueueFull, header.MessageId);
        }

        var start = Stopwatch.GetTimestamp();
        var message = new Outgoing(channel, header, payload.ToArray()) { HasChosenId = hasChosenId };
        _ = message.Completion.Task.ContinueWith(
            _ => Interlocked.Add(ref _waitingBytes, -message.Payload.Length), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _channels.GetOrAdd(channel, name => new ChannelLanes(name, link, FindPartitionsAsync, SendAsync)).Add(message);
        try
        {
            var result = await message.Completion.Task.WaitAsync(patience, cancellationToken).ConfigureAwait(false);
            if (result.Outcome == Outcome.Persisted)
            {
                metrics.Published(Stopwatch.GetElapsedTime(start));
            }

            return result;
        }
        catch (TimeoutException)
        {
            return new SendResult(Outcome.Unknown, header.MessageId, FailureReason.DeadlinePassed);
        }
    }

    /// <summary>Whether the channel is not there: it was never made, or somebody deleted it.</summary>
    internal static bool IsMissing(IggyException exception)
        => exception.Status is IggyStatus.StreamNotFound or IggyStatus.StreamNameNotFound or IggyStatus.TopicNotFound or IggyStatus.TopicNameNotFound or IggyStatus.ResourceNotFound;

    /// <summary>Finds out where messages to a channel go. While the server cannot be asked nobody knows it, and the outbox takes them.</summary>
    private async Task<bool> FindPartitionsAsync(string channel, Func<IReadOnlyList<Outgoing>> take)
    {
        try
        {
            if (link.IsConnected)
            {
                using var patience = new CancellationTokenSource(timeout, time);
                await link.PartitionsAsync(channel, patience.Token).ConfigureAwait(false);
                return true;
            }

            await QueueAsync(take()).ConfigureAwait(false);
        }
        catch (IggyException exception) when (exception.Failure == IggyFailure.Refused)
        {
            Refuse(take(), channel, exception);
        }
        catch (Exception exception) when (exception is IggyException or OperationCanceledException or ObjectDisposedException)
        {
            await QueueAsync(take()).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            LogBroken(log, exception);
            Finish(take(), Outcome.Unknown, FailureReason.NotConnected);
        }

        return false;
    }

    private async Task QueueAsync(IReadOnlyList<Outgoing> batch)
    {
        var appends = batch.Select(outbox.TryAppendAsync).ToArray();
        for (var index = 0; index < batch.Count; index++)
        {
            if (await appends[index].ConfigureAwait(false))
            {
                metrics.Queued();
                batch[index].Finish(Outcome.Queued);
            }
            else
            {
                batch[index].Finish(Outcome.Rejected, FailureReason.OutboxFull);
            }
        }
    }

    private async Task SendAsync(string channel, uint partition, IReadOnlyList<Outgoing> batch)
    {
        try
        {
            await AwaitOutboxAsync().ConfigureAwait(false);
            if (outbox.Count > 0 || !link.IsConnected || link.Client is not { } client)
            {
                await QueueAsync(batch).ConfigureAwait(false);
                return;
            }

            await SendAsync(client, channel, partition, batch).ConfigureAwait(false);
        }
        catch (IggyException exception) when (exception.MayHaveTakenEffect)
        {
            Finish(batch, Outcome.Unknown, FailureReason.DeadlinePassed);
        }
        catch (IggyException exception) when (exception.Failure == IggyFailure.Refused)
        {
            Refuse(batch, channel, exception);
        }
        catch (IggyException)
        {
            await QueueAsync(batch).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            LogBroken(log, exception);
            Finish(batch, Outcome.Unknown, FailureReason.NotConnected);
        }
    }

    private async Task AwaitOutboxAsync()
    {
        for (var start = time.GetTimestamp(); ;)
        {
            var changed = link.Changed.Next;
            var left = (timeout / 2) - time.GetElapsedTime(start);
            if (outbox.Count is 0 or >= NearlyEmpty || !link.IsConnected || left <= TimeSpan.Zero)
            {
                return;
            }

            await changed.WaitAsync(left, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SendAsync(IggyClient client, string channel, uint partition, IReadOnlyList<Outgoing> batch)
    {
        var messages = PublishLane.ToIggy(batch);
        // While there is no connection the outbox is the place to wait.
        var patient = client.WithTimeout(timeout).FailingAtOnce();
        var place = default(Protocol.Records.SendPlace?);
        try
        {
            place = await patient.SendAsync(link.Stream, channel, Partitioning.To(partition), messages).ConfigureAwait(false);
        }
        catch (IggyException exception) when (IsMissing(exception))
        {
            link.Forget(channel);
            await link.PartitionsAsync(channel).ConfigureAwait(false);
            place = await patient.SendAsync(link.Stream, channel, Partitioning.To(partition), messages).ConfigureAwait(false);
        }

        // VSR tells the place of the first message only; when one may have been stored before, the others do not follow it for certain.
        var isTold = place is { } told && (told.Offsets is null ? client.Dialect != IggyDialect.Vsr || batch.Count == 1 || !batch.Any(one => one.HasChosenId) : told.Offsets.Count == batch.Count);
        for (var index = 0; index < batch.Count; index++)
        {
            batch[index].Finish(Outcome.Persisted, partition: partition, offset: isTold ? place!.Value.OffsetOf(index) : null);
        }

        stored(channel);
    }

    private void Refuse(IReadOnlyList<Outgoing> batch, string channel, IggyException exception)
    {
        LogRefused(log, batch.Count, channel, exception.Message);
        Finish(batch, Outcome.Rejected, FailureReason.Refused);
    }

    private static void Finish(IReadOnlyList<Outgoing> batch, Outcome outcome, FailureReason reason)
    {
        foreach (var message in batch)
        {
            message.Finish(outcome, reason);
        }
    }

    [LoggerMessage(3230, LogLevel.Warning, "The server did not take {Count} messages to channel {Channel}: {Why}")]
    private static partial void LogRefused(ILogger logger, int count, string channel, string why);

    [LoggerMessage(3231, LogLevel.Error, "Publishing failed in a way that should not be")]
    private static partial void LogBroken(ILogger logger, Exception exception);
}
