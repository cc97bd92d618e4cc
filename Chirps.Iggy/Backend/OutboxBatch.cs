using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Messages;

namespace Chirps.Iggy.Backend;

/// <summary>The oldest messages of the outbox that go to one place. Valid until it is disposed of.</summary>
/// <param name="buffer">What holds their bytes.</param>
/// <param name="channel">Their channel.</param>
/// <param name="orderingKey">The key that places them.</param>
/// <param name="messages">The messages, in order.</param>
/// <param name="nextOffset">The place in the outbox behind them.</param>
internal sealed class OutboxBatch(WireBuffer buffer, string channel, string orderingKey, IggyMessage[] messages, ulong nextOffset) : IDisposable
{
    public string Channel { get; } = channel;

    public string OrderingKey { get; } = orderingKey;

    public ReadOnlyMemory<IggyMessage> Messages { get; } = messages;

    /// <summary>The ids of the messages.</summary>
    public IReadOnlyList<Guid> Ids => [.. messages.Select(message => DurableCodec.MessageIdOf(message.Id))];

    public ulong NextOffset { get; } = nextOffset;

    public void Dispose() => buffer.Dispose();
}
