using System.Threading.Channels;
using Chirps.Engine.Membership;
using Microsoft.Extensions.Logging;

namespace Chirps.Node.Raft;

/// <summary>One group of <see cref="RaftTransport"/>.</summary>
internal sealed partial class RaftGroup : IRaftGroup
{
    private readonly RaftTransport _transport;
    private readonly RaftGroupOptions _options;
    private readonly RaftSnapshotReceiver? _snapshots;
    private readonly Lock _gate = new();
    private readonly Queue<RaftDelivery> _queue = [];
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(1);
    private long _bytes;
    private bool _closed;

    public RaftGroup(RaftTransport transport, ulong id, RaftGroupOptions options)
    {
        (_transport, Id, _options) = (transport, id, options);
        _snapshots = options.Snapshots is { } sink ? new RaftSnapshotReceiver(this, sink, transport.Log) : null;
    }

    public ulong Id { get; }

    /// <summary>Whether it takes part no more.</summary>
    public bool IsClosed => _closed;

    public RaftSend Send(MemberId peer, ReadOnlySpan<byte> message, RaftMessageClass messageClass = RaftMessageClass.Consensus)
        => _closed ? RaftSend.Closed : _transport.Send(Checked(peer), messageClass, RaftFrameKind.OneWay, Id, 0, message);

    public ValueTask<RaftAnswer> RequestAsync(MemberId peer, ReadOnlyMemory<byte> message, TimeSpan deadline, RaftMessageClass messageClass = RaftMessageClass.Consensus, CancellationToken cancellationToken = default)
        => AskAsync(Checked(peer), RaftFrameKind.Request, message, deadline, messageClass, cancellationToken);

    public RaftSend Answer(in RaftDelivery request, ReadOnlySpan<byte> answer)
        => !request.WantsAnswer ? throw new ArgumentException("The message wants no answer.", nameof(request))
            : _closed ? RaftSend.Closed : _transport.Send(request.From, request.Class, RaftFrameKind.Answer, Id, request.Correlation, answer);

    public bool TryReceive(out RaftDelivery delivery)
    {
        lock (_gate)
        {
            if (!_queue.TryDequeue(out delivery))
            {
                return false;
            }

            _bytes -= delivery.Message.Length;
            return true;
        }
    }

    public async ValueTask<bool> WaitToReceiveAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            lock (_gate)
            {
                if (_queue.Count > 0 || _closed)
                {
                    return _queue.Count > 0;
                }
            }

            if (await _signal.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                _signal.Reader.TryRead(out _);
            }
        }
    }

    public Task<RaftTransfer> SendSnapshotAsync(MemberId peer, RaftSnapshotOffer offer, Stream content, IProgress<long>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(offer);
        ArgumentNullException.ThrowIfNull(content);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offer.Metadata.Length, RaftSnapshotCodec.MetadataBytesMax, nameof(offer));
        ArgumentOutOfRangeException.ThrowIfNegative(offer.Length, nameof(offer));
        if (content.Length < offer.Length)
        {
            throw new ArgumentException($"The offer has {offer.Length} bytes, the content only {content.Length}.", nameof(content));
        }

        return new RaftSnapshotSender(this, _transport, Checked(peer), offer, content, progress).RunAsync(cancellationToken);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            _closed = true;
        }

        _transport.Remove(this);
        _snapshots?.Dispose();
        _signal.Writer.TryComplete();
    }

    /// <summary>Sends a request of either kind.</summary>
    public ValueTask<RaftAnswer> AskAsync(MemberId peer, RaftFrameKind kind, ReadOnlyMemory<byte> message, TimeSpan deadline, RaftMessageClass messageClass, CancellationToken cancellationToken)
        => _closed
            ? ValueTask.FromResult(new RaftAnswer(RaftOutcome.NotSent))
            : _transport.Requests.AskAsync(peer, Id, deadline, correlation => _transport.Send(peer, messageClass, kind, Id, correlation, message.Span), cancellationToken);

    /// <summary>Takes a message for the reader.</summary>
    /// <returns><see langword="false"/> when there is no room.</returns>
    public bool TryPost(in RaftDelivery delivery)
    {
        var limits = _transport.Options;
        lock (_gate)
        {
            if (_closed || _queue.Count >= limits.GroupQueue || _bytes + delivery.Message.Length > limits.GroupQueueBytes)
            {
                return false;
            }

            _queue.Enqueue(delivery);
            _bytes += delivery.Message.Length;
            if (_queue.Count > 1)
            {
                return true;
            }
        }

        _signal.Writer.TryWrite(true);
        try
        {
            _options.Arrived?.Invoke(this);
        }
        catch (Exception exception)
        {
            // It must not end the delivery to all other groups.
            LogReaderFailed(_transport.Log, Id, exception);
        }

        return true;
    }

    /// <summary>Takes a part of a snapshot.</summary>
    /// <returns><see langword="false"/> when there is no room; the sender asks again.</returns>
    public bool TryPostSnapshot(in RaftDelivery delivery)
    {
        if (_snapshots is not null)
        {
            return _snapshots.TryPost(delivery);
        }

        AnswerSnapshot(delivery, RaftSnapshotCodec.Refuse());
        return true;
    }

    /// <summary>Answers a part of a snapshot, if its sender waits.</summary>
    public void AnswerSnapshot(in RaftDelivery part, ReadOnlySpan<byte> answer)
    {
        if (part.WantsAnswer)
        {
            Answer(part, answer);
        }
    }

    private static MemberId Checked(MemberId peer) => peer.IsDefault ? throw new ArgumentException("default(MemberId) names nobody.", nameof(peer)) : peer;

    [LoggerMessage(2600, LogLevel.Error, "What group {Group} does when messages arrive failed; the messages wait in its queue")]
    private static partial void LogReaderFailed(ILogger logger, ulong group, Exception exception);
}
