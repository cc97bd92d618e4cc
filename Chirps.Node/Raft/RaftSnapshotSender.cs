using Chirps.Engine.Membership;

namespace Chirps.Node.Raft;

/// <summary>Sends one snapshot: offers it, sends chunks from where the receiver is, some of them under way at once, and asks again where to go on when one was lost.</summary>
internal sealed class RaftSnapshotSender(RaftGroup group, RaftTransport transport, MemberId peer, RaftSnapshotOffer offer, Stream content, IProgress<long>? progress)
{
    /// <summary>Chunks under way at once: enough to keep the way busy, little enough to wait nowhere.</summary>
    private const int UnderWay = 16;

    /// <summary>Attempts in a row that bring nothing, after which the transfer is interrupted.</summary>
    private const int AttemptsMax = 5;

    private readonly TimeSpan _deadline = transport.Options.SnapshotChunkDeadline;
    private byte[] _chunk = [];
    private long _received;

    public async Task<RaftTransfer> RunAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < AttemptsMax && !group.IsClosed; attempt++)
        {
            var before = _received;
            var status = await OfferAsync(cancellationToken).ConfigureAwait(false);
            if (status == RaftSnapshotStatus.Continue)
            {
                status = await SendChunksAsync(cancellationToken).ConfigureAwait(false);
            }

            if (status is RaftSnapshotStatus.Complete or RaftSnapshotStatus.Refused)
            {
                return status == RaftSnapshotStatus.Complete ? RaftTransfer.Complete : RaftTransfer.Refused;
            }

            attempt = _received > before ? 0 : attempt;
            await Task.Delay(transport.Options.SendDeadline, cancellationToken).ConfigureAwait(false);
        }

        return RaftTransfer.Interrupted;
    }

    private Task<RaftSnapshotStatus> OfferAsync(CancellationToken cancellationToken)
    {
        var request = new byte[RaftSnapshotCodec.HeaderBytes + offer.Metadata.Length];
        offer.Metadata.CopyTo(request.AsMemory(RaftSnapshotCodec.HeaderBytes));
        RaftSnapshotCodec.WriteHeader(request, RaftSnapshotCodec.Offer, offer.Id, offer.Length);
        return AskAsync(request, isOffer: true, cancellationToken);
    }

    /// <summary>Sends from <see cref="_received"/> on until the end, or until something goes wrong.</summary>
    private async Task<RaftSnapshotStatus> SendChunksAsync(CancellationToken cancellationToken)
    {
        var underWay = new Queue<Task<RaftSnapshotStatus>>();
        var offset = _received;
        var status = RaftSnapshotStatus.Continue;
        while (status == RaftSnapshotStatus.Continue && (offset < offer.Length || underWay.Count > 0))
        {
            if (offset < offer.Length && underWay.Count < UnderWay)
            {
                // Asking copies it, so that it is free for the next one when the call is back.
                var request = await ReadAsync(offset, cancellationToken).ConfigureAwait(false);
                var wait = transport.SnapshotRate.Take(request.Length);
                if (wait > TimeSpan.Zero)
                {
                    await Task.Delay(wait, cancellationToken).ConfigureAwait(false);
                }

                underWay.Enqueue(AskAsync(request, isOffer: false, cancellationToken));
                offset += request.Length - RaftSnapshotCodec.HeaderBytes;
            }
            else
            {
                status = await underWay.Dequeue().ConfigureAwait(false);
            }
        }

        await Task.WhenAll(underWay).ConfigureAwait(false);
        return status == RaftSnapshotStatus.Continue ? default : status;
    }

    private async Task<ReadOnlyMemory<byte>> ReadAsync(long offset, CancellationToken cancellationToken)
    {
        var length = (int)Math.Min(transport.ChunkBytes, offer.Length - offset);
        _chunk = _chunk.Length == 0 ? new byte[RaftSnapshotCodec.HeaderBytes + transport.ChunkBytes] : _chunk;
        var request = _chunk.AsMemory(0, RaftSnapshotCodec.HeaderBytes + length);
        content.Position = offset;
        await content.ReadExactlyAsync(request[RaftSnapshotCodec.HeaderBytes..], cancellationToken).ConfigureAwait(false);
        RaftSnapshotCodec.WriteHeader(request.Span, RaftSnapshotCodec.Chunk, offer.Id, offset);
        return request;
    }

    /// <returns>What the receiver says; the default when it says nothing, or nothing that makes sense.</returns>
    private async Task<RaftSnapshotStatus> AskAsync(ReadOnlyMemory<byte> request, bool isOffer, CancellationToken cancellationToken)
    {
        var answer = await group.AskAsync(peer, RaftFrameKind.Snapshot, request, _deadline, RaftMessageClass.Bulk, cancellationToken).ConfigureAwait(false);
        if (answer.Outcome != RaftOutcome.Answered || !RaftSnapshotCodec.TryReadAnswer(answer.Message.Span, out var status, out var received) || received > offer.Length)
        {
            return default;
        }

        if (status == RaftSnapshotStatus.Continue && (isOffer || received > _received))
        {
            transport.Metrics.SnapshotSent(Math.Max(0, received - _received));
            _received = received;
            progress?.Report(received);
        }

        return status;
    }
}
