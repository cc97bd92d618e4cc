using Chirps.Engine.Membership;
using Chirps.Node.Raft;
using RaftKv.Core;

namespace RaftKv.Node;

/// <summary>Takes the snapshots that peers send for one group.</summary>
internal sealed class SnapshotSink(RaftNode node, Replica replica) : IRaftSnapshotSink
{
    /// <summary>After so many bytes they are synced: one sync at the end would hold up the log's.</summary>
    private const int SyncBytes = 4 * 1024 * 1024;

    private FileStream? _file;
    private long _unsynced;

    public async ValueTask<long> BeginAsync(MemberId from, RaftSnapshotOffer offer, CancellationToken cancellationToken)
    {
        if (_file is not null)
        {
            await _file.DisposeAsync();
            _file = null;
        }

        if (!TryRead(offer, out var message))
        {
            return -1;
        }

        if (node.Status.Any(status => status.Group == replica.Group && status.Commit >= message.Index))
        {
            node.Decline(replica, from, message);
            return -1;
        }

        _file = replica.Files.Receive(offer.Id);
        if (_file.Length > offer.Length)
        {
            _file.SetLength(0);
        }

        return _file.Length;
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await _file!.WriteAsync(bytes, cancellationToken);
        _unsynced += bytes.Length;
        if (_unsynced >= SyncBytes)
        {
            _file.Flush(flushToDisk: true);
            _unsynced = 0;
        }
    }

    public async ValueTask<bool> CompleteAsync(MemberId from, RaftSnapshotOffer offer, CancellationToken cancellationToken)
    {
        await _file!.DisposeAsync();
        _file = null;
        return TryRead(offer, out var message)
            && replica.Files.Keep(offer.Id, message.Index) is { } state
            && await node.InstallAsync(replica, from, message, state);
    }

    private static bool TryRead(RaftSnapshotOffer offer, out RaftMessage message)
        => RaftCodec.TryRead(offer.Metadata, out message) && message.Kind == MessageKind.Snapshot;
}
