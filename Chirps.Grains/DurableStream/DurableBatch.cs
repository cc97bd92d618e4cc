using Chirps.Iggy.Channels;
using Orleans.Streams;

namespace Chirps.Grains.DurableStream;

/// <summary>One message on its way to a subscriber, or, without an entry, the news that a stream has some.</summary>
/// <remarks>
/// Its own token is what Orleans agrees on with the subscriber's side after the delivery, and goes on from: behind the message. The event's token
/// is what the subscriber sees and may begin at again: the message.
/// </remarks>
[GenerateSerializer, Immutable, Alias("Chirps.DurableBatch")]
internal sealed class DurableBatch : IBatchContainer
{
    [NonSerialized]
    private volatile DeadLetterReason _outcome;

    public DurableBatch(StreamId stream, DurableToken token, DurableEntry? entry) => (StreamId, Token, Entry, At) = (stream, token.Behind(), entry, token);

    private DurableBatch(StreamId stream, DurableToken news) => (StreamId, Token, At) = (stream, news, news);

    [Id(0)]
    public StreamId StreamId { get; private set; }

    /// <summary>Behind the message.</summary>
    [Id(1)]
    public DurableToken Token { get; private set; }

    [Id(2)]
    public DurableEntry? Entry { get; private set; }

    /// <summary>The message.</summary>
    [Id(3)]
    public DurableToken At { get; private set; }

    public StreamSequenceToken SequenceToken => Token;

    /// <summary>What became of the last attempt to deliver it, should it have failed.</summary>
    public DeadLetterReason Outcome => _outcome;

    public static DurableBatch News(StreamId stream, DurableToken token) => new(stream, token);

    public static DurableBatch Of(StreamId stream, ChannelItem item, string? reader) => new(
        stream,
        DurableToken.Delivered(item.Partition, item.Offset, item.Positions, reader),
        new DurableEntry(
            item.Payload,
            item.Header.Topic,
            item.Header.OrderingKey,
            item.Header.MessageId,
            item.Header.Sender.IsDefault ? default : new NodeId(item.Header.Sender.ToString()),
            item.Partition,
            item.Offset,
            item.StoredAt,
            item.Dead is { } dead ? new DurableDeadLetter(dead.Reason, dead.Channel, dead.Partition, dead.Offset, dead.Subscription) : null));

    /// <summary>The event. In the silo the subscriber's side enumerates this very object, one event at a time, so that how it ends tells what the handler did.</summary>
    public IEnumerable<Tuple<T, StreamSequenceToken>> GetEvents<T>()
    {
        if (Entry is not T entry)
        {
            yield break;
        }

        _outcome = DeadLetterReason.Unanswered;
        try
        {
            yield return Tuple.Create<T, StreamSequenceToken>(entry, At);
        }
        finally
        {
            _outcome = DeadLetterReason.Refused;
        }
    }

    public bool ImportRequestContext() => false;
}
