namespace Chirps.Iggy.Protocol.Messages;

/// <summary>Writes the answer to a poll: the prefix, messages, and at the end what the prefix must say of them.</summary>
internal ref struct PollReplyWriter
{
    private readonly WireBuffer _buffer;
    private readonly MessageLayout _layout;
    private readonly uint _partition;
    private readonly int _start;
    private uint _count;
    private int _batchStart;
    private uint _batchCount;
    private ulong _batchOffset;
    private ulong _batchBroker;
    private ulong _batchOrigin;

    /// <summary>Appends the prefix.</summary>
    /// <param name="buffer">Where to.</param>
    /// <param name="layout">How the dialect lays messages out.</param>
    /// <param name="partition">Which partition.</param>
    /// <param name="currentOffset">Offset of the partition's newest message; 0 when it is empty.</param>
    public PollReplyWriter(WireBuffer buffer, MessageLayout layout, uint partition, ulong currentOffset)
    {
        _buffer = buffer;
        _layout = layout;
        _partition = partition;
        _start = buffer.Length;
        buffer.WriteUInt32(partition);
        buffer.WriteUInt64(currentOffset);
        buffer.WriteUInt32(0);
    }

    /// <summary>Appends a message. Offsets ascend.</summary>
    public void Add(in MessageView message)
    {
        _count++;
        if (_layout == MessageLayout.Classic)
        {
            ClassicMessage.Write(_buffer, message);
            return;
        }

        if (_batchCount == 0 || !FitsBatch(message))
        {
            CloseBatch();
            _batchStart = _buffer.Length;
            _batchOffset = message.Offset;
            _batchBroker = message.BrokerMicroseconds;
            _batchOrigin = message.OriginMicroseconds;
            MessageBatch.WriteHeader(_buffer, _partition, _batchOffset, _batchBroker, _batchOrigin);
        }

        MessageBatch.WriteFrame(_buffer, message, (uint)(message.Offset - _batchOffset), (uint)(message.OriginMicroseconds - _batchOrigin));
        _batchCount++;
    }

    /// <summary>Appends messages that lie in the classic layout already, in an answer of that layout only.</summary>
    /// <param name="messages">The messages back to back.</param>
    /// <param name="count">How many they are.</param>
    public void AddClassic(ReadOnlySpan<byte> messages, uint count)
    {
        _buffer.WriteBytes(messages);
        _count += count;
    }

    /// <summary>Fills in what was not known before.</summary>
    public void Finish()
    {
        CloseBatch();
        _buffer.PatchUInt32(_start + PollReply.PrefixBytes - sizeof(uint), _count);
    }

    private readonly bool FitsBatch(in MessageView message)
        => message.BrokerMicroseconds == _batchBroker
            && message.Offset - _batchOffset <= uint.MaxValue
            && message.OriginMicroseconds - _batchOrigin <= uint.MaxValue;

    private void CloseBatch()
    {
        if (_batchCount > 0)
        {
            MessageBatch.Finish(_buffer, _batchStart, _batchCount);
            _batchCount = 0;
        }
    }
}
