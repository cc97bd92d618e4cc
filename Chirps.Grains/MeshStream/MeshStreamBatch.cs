using Orleans.Providers.Streams.Common;
using Orleans.Streams;

namespace Chirps.Grains.MeshStream;

/// <summary>Events of one stream that were published together. Subscribers in the silo share the objects, which are immutable.</summary>
[GenerateSerializer, Immutable, Alias("Chirps.MeshStreamBatch")]
internal sealed class MeshStreamBatch(StreamId stream, EventSequenceTokenV2 token, object[] events) : IBatchContainer
{
    [Id(0)]
    public StreamId StreamId { get; private set; } = stream;

    [Id(1)]
    public EventSequenceTokenV2 Token { get; private set; } = token;

    [Id(2)]
    public object[] Events { get; private set; } = events;

    public StreamSequenceToken SequenceToken => Token;

    /// <summary>Bytes of the messages in it, about.</summary>
    public long Bytes => Events.Sum(static item => item is MeshMessage message ? message.Payload.Length : 0L);

    public IEnumerable<Tuple<T, StreamSequenceToken>> GetEvents<T>()
        => Events.OfType<T>().Select((item, index) => Tuple.Create<T, StreamSequenceToken>(item, index == 0 ? Token : Token.CreateSequenceTokenForEvent(index)));

    public bool ImportRequestContext() => false;
}
