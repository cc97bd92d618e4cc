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
internal sealed partial class DurablePublisher(IggyLink link, Outbox outbox, DurableMetrics metrics, TimeSpan timeout, TimeProvider time, ILogger log)
{
    /// <summary>Payload bytes that may wait for the server's answers; what does not fit is rejected with <c>QueueFull</c>.</summary>
    private const long WaitingBytesMax = 128 * 1024 * 1024;

    /// <summary>So few messages in the outbox of a node that reaches the server are gone soon: what is sent meanwhile waits for that, or the outbox would never be left.</summary>
    private const int NearlyEmpty = 1024;

    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(2);

    private readonly ConcurrentDictionary<(string Channel, uint Partition), PublishLane> _lanes = new();
    private readonly PublishLane _unplaced = new(batch => QueueAsync(batch, outbox, metrics));
    private long _waitingBytes;

    /// <summary>Publishes a message; its payload is copied.</summary>
    /// <param name="channel">Where to.</param>
    /// <param name="header">What is said of it.</param>
    /// <param name="payload">The bytes.</param>
    /// <param name="patience">How long to wait for certainty.</param>
    /// <param name="cancellationToken">Ends the wait; the message may be stored all the same.</param>
    public async ValueTask<SendResult> PublishAsync(string channel, DurableHeader header, ReadOnlyMemory<byte> payload, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (Interlocked.Add(ref _waitingBytes, payload.Length) > WaitingBytesMax)
        {
            Interlocked.Add(ref _waitingBytes, -payload.Length);
            return SendResult.Rejected(FailureReason.QueueFull, header.MessageId);
        }

        var start = Stopwatch.GetTimestamp();
        var message = new Outgoing(channel, header, payload.ToArray());
        _ = message.Completion.Task.ContinueWith(
            _ => Interlocked.Add(ref _waitingBytes, -message.Payload.Length), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        LaneOf(channel, header).Add(message);
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

    private static async Task QueueAsync(IReadOnlyList<Outgoing> batch, Outbox outbox, DurableMetrics metrics)
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

    /// <summary>The lane of the partition. Before the channel was seen nobody knows it, and the outbox takes the message.</summary>
    private PublishLane LaneOf(string channel, in DurableHeader header)
    {
        if (DurableChannels.IsInbox(channel))
        {
            return LaneOf(channel, 0);
        }

        if (!link.TryGetPartitions(channel, out var partitions))
        {
            return _unplaced;
        }

        var key = DurableChannels.PartitioningOf(channel, header.OrderingKey ?? header.Topic).Key;
        return LaneOf(channel, Partitioning.PartitionOf(key.Span, (uint)partitions));
    }

    private PublishLane LaneOf(string channel, uint partition)
        => _lanes.GetOrAdd((channel, partition), place => new PublishLane(batch => SendAsync(place.Channel, place.Partition, batch)));

    private async Task SendAsync(string channel, uint partition, IReadOnlyList<Outgoing> batch)
    {
        try
        {
            for (var start = time.GetTimestamp(); outbox.Count is > 0 and < NearlyEmpty && link.IsConnected && time.GetElapsedTime(start) < timeout / 2;)
            {
                await Task.Delay(_look, time).ConfigureAwait(false);
            }

            if (outbox.Count > 0 || !link.IsConnected || link.Client is not { } client)
            {
                await QueueAsync(batch, outbox, metrics).ConfigureAwait(false);
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
            LogRefused(log, batch.Count, channel, exception.Message);
            Finish(batch, Outcome.Rejected, FailureReason.Refused);
        }
        catch (IggyException)
        {
            await QueueAsync(batch, outbox, metrics).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            LogBroken(log, exception);
            Finish(batch, Outcome.Unknown, FailureReason.NotConnected);
        }
    }

    private async Task SendAsync(IggyClient client, string channel, uint partition, IReadOnlyList<Outgoing> batch)
    {
        var messages = PublishLane.ToIggy(batch);
        var patient = client.WithTimeout(timeout);
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

        for (var index = 0; index < batch.Count; index++)
        {
            batch[index].Finish(Outcome.Persisted, offset: place is { } known ? known.Offset + (ulong)index : null);
        }
    }

    /// <summary>Whether the channel is not there: it was never made, or somebody deleted it.</summary>
    internal static bool IsMissing(IggyException exception)
        => exception.Status is IggyStatus.StreamNotFound or IggyStatus.StreamNameNotFound or IggyStatus.TopicNotFound or IggyStatus.TopicNameNotFound or IggyStatus.ResourceNotFound;

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
