using System.Threading.Channels;

namespace Chirps.Node.Raft;

/// <summary>Takes the parts of snapshots for one group in order, on a task of its own, so that a slow disk holds up nobody else.</summary>
internal sealed class RaftSnapshotReceiver : IDisposable
{
    /// <summary>Parts that wait; a sender has fewer under way.</summary>
    private const int PartsMax = 16;

    private readonly RaftGroup _group;
    private readonly IRaftSnapshotSink _sink;
    private readonly Channel<RaftDelivery> _parts = Channel.CreateBounded<RaftDelivery>(new BoundedChannelOptions(PartsMax) { SingleReader = true });
    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationToken _closed;
    private RaftSnapshotOffer? _offer;
    private long _received;

    public RaftSnapshotReceiver(RaftGroup group, IRaftSnapshotSink sink)
    {
        (_group, _sink, _closed) = (group, sink, _closing.Token);
        _ = Task.Run(RunAsync);
    }

    public bool TryPost(in RaftDelivery part) => _parts.Writer.TryWrite(part);

    public void Dispose()
    {
        _closing.Cancel();
        _parts.Writer.TryComplete();
        _closing.Dispose();
    }

    private async Task RunAsync()
    {
        await foreach (var part in _parts.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            if (!RaftSnapshotCodec.TryRead(part.Message, out var request))
            {
                continue; // damaged, or nonsense: without an answer the sender asks again
            }

            try
            {
                var status = request.Kind == RaftSnapshotCodec.Offer
                    ? await BeginAsync(part, request.Id, request.Offset, request.Content).ConfigureAwait(false)
                    : await ContinueAsync(part, request.Id, request.Offset, request.Content).ConfigureAwait(false);
                _group.Answer(part, RaftSnapshotCodec.WriteAnswer(status, _received));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidOperationException or OperationCanceledException)
            {
                _offer = null;
                _group.Answer(part, RaftSnapshotCodec.Refuse());
            }
        }
    }

    private async ValueTask<RaftSnapshotStatus> BeginAsync(RaftDelivery part, Guid id, long length, ReadOnlyMemory<byte> metadata)
    {
        if (_offer?.Id == id && _offer.Length == length)
        {
            return RaftSnapshotStatus.Continue;
        }

        _offer = new RaftSnapshotOffer(id, length, metadata);
        var received = metadata.Length > RaftSnapshotCodec.MetadataBytesMax ? -1 : await _sink.BeginAsync(part.From, _offer, _closed).ConfigureAwait(false);
        _received = Math.Max(0, received);
        if (received < 0 || received > length)
        {
            _offer = null;
            return RaftSnapshotStatus.Refused;
        }

        return received == length ? await CompleteAsync(part).ConfigureAwait(false) : RaftSnapshotStatus.Continue;
    }

    private async ValueTask<RaftSnapshotStatus> ContinueAsync(RaftDelivery part, Guid id, long offset, ReadOnlyMemory<byte> bytes)
    {
        if (_offer?.Id != id)
        {
            return RaftSnapshotStatus.Refused;
        }

        // Before what is there: repeated. Behind it: one in between was lost, and the answer says where to go on.
        if (offset != _received || bytes.IsEmpty || bytes.Length > _offer.Length - _received)
        {
            return RaftSnapshotStatus.Continue;
        }

        await _sink.WriteAsync(bytes, _closed).ConfigureAwait(false);
        _received += bytes.Length;
        return _received == _offer.Length ? await CompleteAsync(part).ConfigureAwait(false) : RaftSnapshotStatus.Continue;
    }

    private async ValueTask<RaftSnapshotStatus> CompleteAsync(RaftDelivery part)
    {
        var offer = _offer!;
        _offer = null;
        return await _sink.CompleteAsync(part.From, offer, _closed).ConfigureAwait(false) ? RaftSnapshotStatus.Complete : RaftSnapshotStatus.Refused;
    }
}
