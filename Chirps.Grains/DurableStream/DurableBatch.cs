using Chirps.Iggy.Channels;
using Orleans.Streams;

namespace Chirps.Grains.DurableStream;

/// <summary>One message on its way to a subscriber, or, without an entry, the news that a stream has some.</summary>
[GenerateSerializer, Immutable, Alias("Chirps.DurableBatch")]
internal sealed class DurableBatch : IBatchContainer
{
    public DurableBatch(StreamId stream, DurableToken token, DurableEntry? entry) => (StreamId, Token, Entry) = (stream, token, entry);

    [Id(0)]
    public StreamId StreamId { get; private set; }

    [Id(1)]
    public DurableToken Token { get; private set; }

    [Id(2)]
    public DurableEntry? Entry { get; private set; }

    public StreamSequenceToken SequenceToken => Token;

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
            item.StoredAt));

    public IEnumerable<Tuple<T, StreamSequenceToken>> GetEvents<T>()
    {
        if (Entry is T entry)
        {
            yield return Tuple.Create<T, StreamSequenceToken>(entry, Token);
        }
    }

    public bool ImportRequestContext() => false;
}
