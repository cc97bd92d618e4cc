using System.Buffers;
using Chirps.Engine.Membership;
using Chirps.Node.Links;

namespace Chirps.Node.Raft;

/// <summary>
/// What waits for one peer on one lane, from all groups. Whatever gathered while earlier writes were under way goes out as one; nothing is held
/// back to gather more.
/// </summary>
internal sealed class RaftOutbox(IMeshNode node, MemberId peer, RaftMessageClass messageClass, RaftOptions options, int messageBytesMax, RaftMetrics metrics, RaftRequests requests) : IThreadPoolWorkItem
{
    private readonly Lock _gate = new();
    private readonly Queue<Batch> _batches = [];
    private readonly SendSettings _settings = new(options.SendDeadline, Lane: messageClass == RaftMessageClass.Consensus ? MessageLanes.Urgent : MessageLanes.Bulk);
    private Batch? _last;
    private int _bytes;
    private int _underWay;
    private bool _isScheduled;

    /// <summary>Takes a message, and writes it as soon as may be.</summary>
    public RaftSend Add(RaftFrameKind kind, ulong group, ulong correlation, ReadOnlySpan<byte> message)
    {
        var length = RaftFrame.HeaderBytes + message.Length;
        if (length + 1 > messageBytesMax)
        {
            return RaftSend.TooLarge;
        }

        lock (_gate)
        {
            if (_bytes + length > options.PeerQueueBytes)
            {
                metrics.Drop(RaftDrop.PeerFull);
                return RaftSend.QueueFull;
            }

            if (_last is null || _last.Length + length > Math.Min(options.BatchBytes, messageBytesMax))
            {
                _last = new Batch(length + 1);
                _batches.Enqueue(_last);
            }

            _last.Add(kind, group, correlation, message);
            _bytes += length;
            if (_isScheduled || _underWay >= options.WritesUnderWay)
            {
                return RaftSend.Taken;
            }

            _isScheduled = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return RaftSend.Taken;
    }

    void IThreadPoolWorkItem.Execute()
    {
        while (true)
        {
            Batch batch;
            lock (_gate)
            {
                if (_underWay >= options.WritesUnderWay || !_batches.TryDequeue(out batch!))
                {
                    _isScheduled = false;
                    return;
                }

                _last = ReferenceEquals(_last, batch) ? null : _last;
                _bytes -= batch.Length - 1;
                _underWay++;
            }

            _ = WriteAsync(batch);
        }
    }

    private async Task WriteAsync(Batch batch)
    {
        var topic = messageClass == RaftMessageClass.Consensus ? RaftTransport.Topic : RaftTransport.BulkTopic;
        var result = await node.SendAsync(peer, batch.Written, Profile.Control, topic, _settings).ConfigureAwait(false);
        if (result.Outcome == Outcome.Delivered)
        {
            metrics.Written(messageClass, batch.Count);
        }
        else
        {
            metrics.Drop(RaftDrop.NotDelivered, batch.Count);
            if (result.Outcome == Outcome.Rejected)
            {
                requests.NotSent(batch.Written[1..]);
            }
        }

        batch.Return();
        lock (_gate)
        {
            _underWay--;
            if (_isScheduled || _batches.Count == 0)
            {
                return;
            }

            _isScheduled = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>The bytes of one write.</summary>
    private sealed class Batch
    {
        private byte[] _buffer;

        public Batch(int capacity)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(capacity);
            _buffer[0] = RaftFrame.Version;
        }

        public int Length { get; private set; } = 1;

        public int Count { get; private set; }

        public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, Length);

        public void Add(RaftFrameKind kind, ulong group, ulong correlation, ReadOnlySpan<byte> message)
        {
            var length = RaftFrame.HeaderBytes + message.Length;
            if (_buffer.Length - Length < length)
            {
                Grow(Length + length);
            }

            RaftFrame.WriteHeader(_buffer.AsSpan(Length), kind, group, correlation, message.Length);
            message.CopyTo(_buffer.AsSpan(Length + RaftFrame.HeaderBytes));
            Length += length;
            Count++;
        }

        public void Return() => ArrayPool<byte>.Shared.Return(_buffer);

        private void Grow(int needed)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _buffer.Length * 2));
            _buffer.AsSpan(0, Length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }
    }
}
