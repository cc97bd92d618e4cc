using Chirps.Iggy.Client;
using Chirps.Iggy.Durable;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Records;
using Microsoft.Extensions.Logging;

namespace Chirps.Iggy.Backend;

/// <summary>Takes messages from the outbox to the server once it is there, in order. A batch whose answer was lost is sent again: the server knows the messages by their ids.</summary>
internal sealed partial class OutboxSender : IAsyncDisposable
{
    /// <summary>After a failure, before the next attempt.</summary>
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(50);

    private readonly Outbox _outbox;
    private readonly IggyLink _link;
    private readonly DurableMetrics _metrics;
    private readonly OutboxFeeds _feeds;
    private readonly Action<string> _stored;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;
    private bool _single;

    /// <summary>Messages up to this place may be at the server: their answer was lost.</summary>
    private ulong _maybeSent;

    public OutboxSender(Outbox outbox, IggyLink link, DurableMetrics metrics, OutboxFeeds feeds, Action<string> stored, TimeProvider time, ILogger log)
    {
        _outbox = outbox;
        _link = link;
        _metrics = metrics;
        _feeds = feeds;
        _stored = stored;
        _time = time;
        _log = log;
        _running = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        var sent = 0L;
        while (!_stopping.IsCancellationRequested)
        {
            var changed = _link.Changed.Next;
            var step = new Step(0, StepEnd.Waits);
            try
            {
                if (_outbox.Count > 0 && _link.IsConnected)
                {
                    step = await SendSomeAsync().ConfigureAwait(false);
                }
            }
            catch (Exception exception) when (exception is IggyException or ObjectDisposedException)
            {
                LogWaiting(_log, _outbox.Count, exception.Message);
                step = new Step(0, StepEnd.Failed);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                LogBroken(_log, exception);
                step = new Step(0, StepEnd.Failed);
            }

            sent += step.Done;
            if (sent > 0 && _outbox.Count == 0)
            {
                LogEmptied(_log, sent);
                Post(OutboxChangeKind.Emptied, null);
                sent = 0;
            }

            var pause = step.End switch
            {
                StepEnd.Waits => changed.WaitAsync(_stopping.Token),
                StepEnd.Failed => Task.Delay(_pause, _time, _stopping.Token),
                _ => Task.CompletedTask,
            };
            await pause.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<Step> SendSomeAsync()
    {
        using var batch = _outbox.Peek(_single);
        if (batch is null || _link.Client is not { } client)
        {
            return new Step(0, StepEnd.Waits);
        }

        SendPlace? place;
        uint partition;
        try
        {
            var partitions = await _link.PartitionsAsync(batch.Channel, _stopping.Token).ConfigureAwait(false);
            var partitioning = DurableChannels.PartitioningOf(batch.Channel, batch.OrderingKey);
            partition = partitioning.Kind == PartitioningKind.Partition ? partitioning.Partition : Partitioning.PartitionOf(partitioning.Key.Span, (uint)partitions);
            if (_maybeSent >= batch.NextOffset)
            {
                _metrics.Resent(batch.Messages.Length);
            }

            place = await client.SendAsync(_link.Stream, batch.Channel, Partitioning.To(partition), batch.Messages, _stopping.Token).ConfigureAwait(false);
        }
        catch (IggyException exception) when (exception.MayHaveTakenEffect)
        {
            _maybeSent = Math.Max(_maybeSent, batch.NextOffset);
            throw;
        }
        catch (IggyException exception) when (DurablePublisher.IsMissing(exception))
        {
            _link.Forget(batch.Channel);
            return new Step(0, StepEnd.Failed);
        }
        catch (IggyException exception) when (exception.Failure == IggyFailure.Refused && !IsPassing(exception.Status))
        {
            if (batch.Messages.Length > 1)
            {
                // One of them is the reason: the others must not stay behind.
                _single = true;
                return new Step(0, StepEnd.GoesOn);
            }

            LogRefused(_log, batch.Channel, exception.Message);
            _metrics.Refused();
            _outbox.Remove(batch.NextOffset);
            Post(OutboxChangeKind.Refused, batch);
            return new Step(1, StepEnd.GoesOn);
        }

        _single = false;
        _outbox.Remove(batch.NextOffset);
        _metrics.Delivered(batch.Messages.Length);
        _stored(batch.Channel);
        Post(OutboxChangeKind.Delivered, batch, (int)partition, place);
        return new Step(batch.Messages.Length, StepEnd.GoesOn);
    }

    private void Post(OutboxChangeKind kind, OutboxBatch? batch, int? partition = null, SendPlace? place = null)
    {
        var count = batch?.Messages.Length ?? 0;
        ulong[] offsets = place is { } told && (told.Offsets?.Count ?? count) == count ? [.. Enumerable.Range(0, count).Select(told.OffsetOf)] : [];
        _feeds.Post(new OutboxChange(kind, batch?.Channel ?? "", batch?.Ids ?? [], partition, offsets, _outbox.Count, _time.GetUtcNow()));
    }

    /// <summary>Whether the same request may succeed later: the disk is full, the server stops, a login is missing.</summary>
    private static bool IsPassing(IggyStatus status)
        => status is IggyStatus.TransientNotCommitted or IggyStatus.TransientNotAccepted or IggyStatus.Disconnected or IggyStatus.StaleClient or IggyStatus.Unauthenticated or IggyStatus.Unauthorized
            or IggyStatus.InvalidCredentials or IggyStatus.ConnectionClosed or IggyStatus.PartitionNotFound;

    [LoggerMessage(3240, LogLevel.Information, "The outbox is empty: {Count} messages that waited for the server have left it")]
    private static partial void LogEmptied(ILogger logger, long count);

    [LoggerMessage(3241, LogLevel.Debug, "{Count} messages wait in the outbox: {Why}")]
    private static partial void LogWaiting(ILogger logger, int count, string why);

    [LoggerMessage(3242, LogLevel.Error, "A message of the outbox to channel {Channel} is given up, because the server will not take it: {Why}")]
    private static partial void LogRefused(ILogger logger, string channel, string why);

    [LoggerMessage(3243, LogLevel.Error, "The outbox cannot be read or written; it is tried again")]
    private static partial void LogBroken(ILogger logger, Exception exception);

    /// <summary>What follows an attempt.</summary>
    private enum StepEnd
    {
        /// <summary>The next one at once.</summary>
        GoesOn,

        /// <summary>The next one when something has changed.</summary>
        Waits,

        /// <summary>The next one after a pause.</summary>
        Failed,
    }

    /// <summary>An attempt.</summary>
    /// <param name="Done">How many messages have left the outbox.</param>
    /// <param name="End">What follows.</param>
    private readonly record struct Step(int Done, StepEnd End);
}
