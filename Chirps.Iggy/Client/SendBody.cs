using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Dialects;
using Chirps.Iggy.Protocol.Messages;

namespace Chirps.Iggy.Client;

/// <summary>A send as a frame's body: one message, or several.</summary>
internal readonly struct SendBody : IRequestBody
{
    private readonly IggyIdentifier _stream;
    private readonly IggyIdentifier _topic;
    private readonly Partitioning _partitioning;
    private readonly ReadOnlyMemory<IggyMessage> _several;
    private readonly IggyMessage _one;
    private readonly bool _isOne;
    private readonly ulong _nowMicroseconds;

    /// <summary>Several messages.</summary>
    public SendBody(in IggyIdentifier stream, in IggyIdentifier topic, in Partitioning partitioning, ReadOnlyMemory<IggyMessage> messages, ulong nowMicroseconds)
    {
        _stream = stream;
        _topic = topic;
        _partitioning = partitioning;
        _several = messages;
        _nowMicroseconds = nowMicroseconds;
    }

    /// <summary>One message.</summary>
    public SendBody(in IggyIdentifier stream, in IggyIdentifier topic, in Partitioning partitioning, in IggyMessage message, ulong nowMicroseconds)
    {
        _stream = stream;
        _topic = topic;
        _partitioning = partitioning;
        _one = message;
        _isOne = true;
        _nowMicroseconds = nowMicroseconds;
    }

    private SendBody(in SendBody original, in Partitioning partitioning)
    {
        this = original;
        _partitioning = partitioning;
    }

    /// <summary>Which stream.</summary>
    public IggyIdentifier Stream => _stream;

    /// <summary>Which topic.</summary>
    public IggyIdentifier Topic => _topic;

    /// <summary>Which partition.</summary>
    public Partitioning Partitioning => _partitioning;

    /// <summary>The same to another partition.</summary>
    public SendBody To(uint partition) => new(this, Partitioning.To(partition));

    /// <inheritdoc/>
    public void Write(WireBuffer buffer, IIggyDialect dialect)
    {
        ReadOnlySpan<IggyMessage> messages = _isOne ? new ReadOnlySpan<IggyMessage>(in _one) : _several.Span;
        dialect.Messages.WriteSend(buffer, _stream, _topic, _partitioning, messages, _nowMicroseconds);
    }
}
