using System.Threading.Channels;
using Chirps.Engine.Membership;
using Microsoft.Extensions.Logging;

namespace Chirps.Node.Raft;

/// <summary>Takes the parts of snapshots for one group in order, on a task of its own, so that a slow disk holds up nobody else.</summary>
internal sealed partial class RaftSnapshotReceiver : IDisposable
{
    /// <summary>Parts that wait; a sender has fewer under way.</summary>
    private const int PartsMax = 32;

    /// <summary>Bytes of the parts that wait, after which no further one is taken.</summary>
    private const int PartsBytesMax = 4 << 20;

    private readonly RaftGroup _group;
    private readonly IRaftSnapshotSink _sink;
    private readonly ILogger _log;
    private readonly Channel<RaftDelivery> _parts = Channel.CreateBounded<RaftDelivery>(new BoundedChannelOptions(PartsMax) { SingleReader = true });
    private readonly CancellationTokenSource _closing = new();
    private readonly CancellationToken _closed;
    private RaftSnapshotOffer? _offer;
    private MemberId _from;
    private long _received;
    private long _waiting;

    public RaftSnapshotReceiver(RaftGroup group, IRaftSnapshotSink sink, ILogger log)
    {
        (_group, _sink, _log, _closed) = (group, sink, log, _closing.Token);
        _ = Task.Run(RunAsync);
    }

    /// <summary>Takes a part. One caller at a time.</summary>
    /// <returns><see langword="false"/> when there is no room.</returns>
    public bool TryPost(in RaftDelivery part)
    {
        if (Interlocked.Read(ref _waiting) >= PartsBytesMax || !_parts.Writer.TryWrite(part))
        {
            return false;
        }

        Interlocked.Add(ref _waiting, part.Message.Length);
        return true;
    }

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
            Interlocked.Add(ref _waiting, -part.Message.Length);
            if (!RaftSnapshotCodec.TryRead(part.Message, out var request))
            {
                continue; // damaged, or nonsense: without an answer the sender asks again
            }

            try
            {
                var status = request.Kind == RaftSnapshotCodec.Offer
                    ? await BeginAsync(part, request.Id, request.Offset, request.Content).ConfigureAwait(false)
                    : await ContinueAsync(part, request.Id, request.Offset, request.Content).ConfigureAwait(false);
                _group.AnswerSnapshot(part, RaftSnapshotCodec.WriteAnswer(status, _received));
            }
            catch (Exception exception)
            {
                _offer = null;
                _group.AnswerSnapshot(part, RaftSnapshotCodec.Refuse());
                if (!_closed.IsCancellationRequested)
                {
                    LogSinkFailed(_log, _group.Id, part.From, exception);
                }
            }
        }
    }

    private async ValueTask<RaftSnapshotStatus> BeginAsync(RaftDelivery part, Guid id, long length, ReadOnlyMemory<byte> metadata)
    {
        if (_offer?.Id == id && _offer.Length == length && _from == part.From)
        {
            return RaftSnapshotStatus.Continue;
        }

        (_offer, _from) = (new RaftSnapshotOffer(id, length, metadata), part.From);
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
        if (_offer?.Id != id || _from != part.From)
        {
            return RaftSnapshotStatus.NotOffered;
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

    [LoggerMessage(2601, LogLevel.Warning, "Group {Group} did not keep the snapshot that {From} sends")]
    private static partial void LogSinkFailed(ILogger logger, ulong group, MemberId from, Exception exception);
}
