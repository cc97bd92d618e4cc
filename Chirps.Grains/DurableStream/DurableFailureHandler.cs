using Chirps.Iggy.Client;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Messages;
using Microsoft.Extensions.Logging;
using Orleans.Streams;

namespace Chirps.Grains.DurableStream;

/// <summary>Puts what could not be delivered into the channel of dead letters, and lets the subscription go on.</summary>
internal sealed partial class DurableFailureHandler(DurableStreamOptions options, DurableStreamMetrics metrics, ILogger log) : IStreamFailureHandler
{
    private static readonly IggyConsumer _reader = IggyConsumer.Of("chirps.dead-letters");

    public bool ShouldFaultSubsriptionOnError => false;

    public async Task OnDeliveryFailure(GuidId subscriptionId, string streamProviderName, StreamId streamIdentity, StreamSequenceToken? sequenceToken)
    {
        var channel = streamIdentity.GetKeyAsString()!;
        if (sequenceToken is not DurableToken token || channel.EndsWith(ChirpsStreams.DeadLetterSuffix, StringComparison.Ordinal))
        {
            return;
        }

        try
        {
            await MoveAsync(channel, token);
            metrics.DeadLetterStored();
            LogDead(log, channel, token);
        }
        catch (Exception exception) when (exception is IggyException or ObjectDisposedException)
        {
            metrics.DeadLetterLost();
            LogLost(log, exception, channel, token);
        }
    }

    public Task OnSubscriptionFailure(GuidId subscriptionId, string streamProviderName, StreamId streamIdentity, StreamSequenceToken? sequenceToken) => Task.CompletedTask;

    private async Task MoveAsync(string channel, DurableToken token)
    {
        var server = options.Server;
        var dead = channel + ChirpsStreams.DeadLetterSuffix;
        _ = await server.PartitionsAsync(dead);
        var client = server.Client!;
        using var polled = await client.PollAsync(_reader, server.Stream, channel, (uint)token.EventIndex, PollingStrategy.FromOffset(token.Offset), 1);
        if (Copy(polled, token.Offset) is { } message)
        {
            _ = await client.SendAsync(server.Stream, dead, Partitioning.To(0), message);
        }
    }

    private static IggyMessage? Copy(PolledMessages polled, ulong offset)
    {
        foreach (var message in polled)
        {
            if (message.Offset == offset)
            {
                return new IggyMessage(message.Payload.ToArray()) { Id = message.Id, UserHeaders = message.UserHeaders.ToArray(), OriginMicroseconds = message.OriginMicroseconds };
            }
        }

        return null;
    }

    [LoggerMessage(4100, LogLevel.Error, "A message of channel {Channel} at {Token} could not be delivered and lies in the dead letters now")]
    private static partial void LogDead(ILogger logger, string channel, DurableToken token);

    [LoggerMessage(4101, LogLevel.Error, "A message of channel {Channel} at {Token} could not be delivered, nor be put into the dead letters; it stays in its channel")]
    private static partial void LogLost(ILogger logger, Exception exception, string channel, DurableToken token);
}
