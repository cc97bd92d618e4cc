using Chirps.Iggy.Client;
using Chirps.Iggy.Protocol;
using Microsoft.Extensions.Logging;

namespace Chirps.Iggy.Backend;

/// <summary>Takes messages from the outbox to the server once it is there, in order. A batch whose answer was lost is sent again: the server knows the messages by their ids.</summary>
internal sealed partial class OutboxSender : IAsyncDisposable
{
    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(50);

    private readonly Outbox _outbox;
    private readonly IggyLink _link;
    private readonly DurableMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;
    private bool _single;

    public OutboxSender(Outbox outbox, IggyLink link, DurableMetrics metrics, TimeProvider time, ILogger log)
    {
        _outbox = outbox;
        _link = link;
        _metrics = metrics;
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
            var count = 0;
            try
            {
                count = _outbox.Count > 0 && _link.IsConnected ? await SendSomeAsync().ConfigureAwait(false) : 0;
            }
            catch (IggyException exception)
            {
                LogWaiting(_log, _outbox.Count, exception.Message);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                LogBroken(_log, exception);
            }

            sent += count;
            if (sent > 0 && _outbox.Count == 0)
            {
                LogEmptied(_log, sent);
                sent = 0;
            }

            if (count == 0)
            {
                await Task.Delay(_pause, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <returns>How many messages the server has now.</returns>
    private async Task<int> SendSomeAsync()
    {
        using var batch = _outbox.Peek(_single);
        if (batch is null || _link.Client is not { } client)
        {
            return 0;
        }

        try
        {
            var partitions = await _link.PartitionsAsync(batch.Channel, _stopping.Token).ConfigureAwait(false);
            var partitioning = DurableChannels.PartitioningOf(batch.Channel, batch.OrderingKey);
            var partition = partitioning.Kind == PartitioningKind.Partition ? partitioning.Partition : Partitioning.PartitionOf(partitioning.Key.Span, (uint)partitions);
            await client.SendAsync(_link.Stream, batch.Channel, Partitioning.To(partition), batch.Messages, _stopping.Token).ConfigureAwait(false);
        }
        catch (IggyException exception) when (DurablePublisher.IsMissing(exception))
        {
            _link.Forget(batch.Channel);
            return 0;
        }
        catch (IggyException exception) when (exception.Failure == IggyFailure.Refused && !IsPassing(exception.Status))
        {
            if (batch.Messages.Length > 1)
            {
                // One of them is the reason: the others must not stay behind.
                _single = true;
                return 0;
            }

            LogRefused(_log, batch.Channel, exception.Message);
            _metrics.Refused();
            _outbox.Remove(batch.NextOffset);
            return 0;
        }

        _single = false;
        _outbox.Remove(batch.NextOffset);
        _metrics.Delivered(batch.Messages.Length);
        return batch.Messages.Length;
    }

    /// <summary>Whether the same request may succeed later: the disk is full, the server stops, a login is missing.</summary>
    private static bool IsPassing(IggyStatus status)
        => status is IggyStatus.TransientNotCommitted or IggyStatus.TransientNotAccepted or IggyStatus.Disconnected or IggyStatus.StaleClient or IggyStatus.Unauthenticated or IggyStatus.Unauthorized
            or IggyStatus.InvalidCredentials or IggyStatus.ConnectionClosed or IggyStatus.PartitionNotFound;

    [LoggerMessage(3240, LogLevel.Information, "The server is back and has the {Count} messages that waited in the outbox")]
    private static partial void LogEmptied(ILogger logger, long count);

    [LoggerMessage(3241, LogLevel.Debug, "{Count} messages wait in the outbox: {Why}")]
    private static partial void LogWaiting(ILogger logger, int count, string why);

    [LoggerMessage(3242, LogLevel.Error, "A message of the outbox to channel {Channel} is given up, because the server will not take it: {Why}")]
    private static partial void LogRefused(ILogger logger, string channel, string why);

    [LoggerMessage(3243, LogLevel.Error, "The outbox cannot be read or written; it is tried again")]
    private static partial void LogBroken(ILogger logger, Exception exception);
}
