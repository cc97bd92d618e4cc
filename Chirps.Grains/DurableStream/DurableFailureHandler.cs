using Chirps.Iggy.Channels;
using Chirps.Iggy.Client;
using Chirps.Iggy.Protocol;
using Microsoft.Extensions.Logging;
using Orleans.Streams;

namespace Chirps.Grains.DurableStream;

/// <summary>Puts what could not be delivered to one subscription into the channel of dead letters, and lets the subscription go on. Other subscriptions get the message.</summary>
internal sealed partial class DurableFailureHandler(Func<DurableCache?> cache, DurableStreamOptions options, DurableStreamMetrics metrics, ILogger log) : IStreamFailureHandler
{
    private static readonly IggyConsumer _reader = IggyConsumer.Of("chirps.dead-letters");

    public bool ShouldFaultSubsriptionOnError => false;

    public async Task OnDeliveryFailure(GuidId subscriptionId, string streamProviderName, StreamId streamIdentity, StreamSequenceToken? sequenceToken)
    {
        if (sequenceToken is not DurableToken token || cache() is not { IsStopped: false } present)
        {
            // A gap, or a silo that stops: there is no message to give up.
            return;
        }

        var channel = streamIdentity.GetKeyAsString()!;
        var reason = present.ReasonOf(token);
        if (channel.EndsWith(ChirpsStreams.DeadLetterSuffix, StringComparison.Ordinal))
        {
            // It lies in the dead letters already.
            metrics.DeadLetterLost(reason);
            return;
        }

        try
        {
            await MoveAsync(new DeadLetterHeaders(DurableStreamMetrics.NameOf(reason), channel, token.EventIndex, token.Offset, subscriptionId.Guid.ToString()));
            metrics.DeadLetterStored(reason);
            LogDead(log, channel, token.EventIndex, token.Offset, reason);
        }
        catch (Exception exception) when (exception is IggyException or ObjectDisposedException or ArgumentException)
        {
            metrics.DeadLetterLost(reason);
            LogLost(log, exception, channel, token.EventIndex, token.Offset, reason);
        }
    }

    public Task OnSubscriptionFailure(GuidId subscriptionId, string streamProviderName, StreamId streamIdentity, StreamSequenceToken? sequenceToken) => Task.CompletedTask;

    private async Task MoveAsync(DeadLetterHeaders headers)
    {
        var server = options.Server;
        var dead = headers.Channel + ChirpsStreams.DeadLetterSuffix;
        _ = await server.PartitionsAsync(dead);
        var client = server.Client ?? throw new ObjectDisposedException(nameof(IggyClient));
        using var polled = await client.PollAsync(_reader, server.Stream, headers.Channel, (uint)headers.Partition, PollingStrategy.FromOffset(headers.Offset), 1);
        if (Copy(polled, headers) is { } message)
        {
            _ = await client.SendAsync(server.Stream, dead, Partitioning.To(0), message);
        }
    }

    private static Iggy.Protocol.Messages.IggyMessage? Copy(PolledMessages polled, DeadLetterHeaders headers)
    {
        foreach (var message in polled)
        {
            if (message.Offset == headers.Offset)
            {
                return headers.ToIggy(message);
            }
        }

        return null;
    }

    [LoggerMessage(4100, LogLevel.Error, "A message of channel {Channel}, partition {Partition}, offset {Offset}, could not be delivered ({Reason}) and lies in the dead letters now")]
    private static partial void LogDead(ILogger logger, string channel, int partition, ulong offset, DeadLetterReason reason);

    [LoggerMessage(4101, LogLevel.Error, "A message of channel {Channel}, partition {Partition}, offset {Offset}, could not be delivered ({Reason}), nor be put into the dead letters; it stays in its channel")]
    private static partial void LogLost(ILogger logger, Exception exception, string channel, int partition, ulong offset, DeadLetterReason reason);
}
