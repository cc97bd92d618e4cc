namespace Chirps.Iggy.Protocol.Messages;

/// <summary>Goes through the messages of a send or a poll with <c>foreach</c>, without allocating. What it goes through was checked before.</summary>
public ref struct MessageReader
{
    private readonly MessageLayout _layout;
    private ReadOnlySpan<byte> _rest;
    private MessageBatch _batch;
    private uint _leftInBatch;
    private MessageView _current;

    internal MessageReader(ReadOnlySpan<byte> area, MessageLayout layout)
    {
        _rest = area;
        _layout = layout;
    }

    /// <summary>The message at hand.</summary>
    public readonly MessageView Current => _current;

    /// <summary>Itself.</summary>
    public readonly MessageReader GetEnumerator() => this;

    /// <summary>Goes on to the next message.</summary>
    /// <returns><see langword="false"/> at the end.</returns>
    public bool MoveNext()
    {
        var status = _layout == MessageLayout.Classic ? ClassicMessage.TryRead(_rest, out var size, out _current) : NextFrame(out size);
        _rest = _rest[size..];
        return status == IggyStatus.Ok;
    }

    private IggyStatus NextFrame(out int size)
    {
        size = 0;
        while (_leftInBatch == 0)
        {
            if (!MessageBatch.TryReadHeader(_rest, out _batch))
            {
                return IggyStatus.InvalidMessagesSize;
            }

            _rest = _rest[MessageBatch.HeaderBytes..];
            _leftInBatch = _batch.Count;
        }

        _leftInBatch--;
        return _batch.TryReadFrame(_rest, out size, out _current);
    }
}
