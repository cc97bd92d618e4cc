using Chirps.Engine.Membership;
using Chirps.Node.Raft;
using RaftKv.Core;
using RaftKv.Kv;

namespace RaftKv.Node;

/// <content>Snapshots: stored, sent and received beside the loop.</content>
internal sealed partial class RaftNode
{
    /// <summary>Snapshots are stored one at a time: the disk is the log's first of all.</summary>
    private readonly SemaphoreSlim _snapshotting = new(1);

    /// <summary>A snapshot of a peer is complete and good: the core decides whether it takes the state's place.</summary>
    internal Task<bool> InstallAsync(Replica replica, MemberId from, RaftMessage message, KvState state)
    {
        var taken = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var isPosted = Post(now =>
        {
            replica.Received = (message.Index, state);
            Touch(replica).Core.Receive(now, from, message);
            Settle(now, replica);
            taken.TrySetResult(replica.Received is null);
            replica.Received = null;
        });
        return isPosted ? taken.Task : Task.FromResult(false);
    }

    /// <summary>A peer offers a snapshot that is of no use here; the core answers with what it has.</summary>
    internal void Decline(Replica replica, MemberId from, RaftMessage message) => Post(now =>
    {
        if (message.Index <= replica.Core.Commit)
        {
            Touch(replica).Core.Receive(now, from, message);
        }
    });

    private void BeginSnapshot(Replica replica)
    {
        if (replica.IsSnapshotting || replica.Applied <= replica.Core.Snapshot.Index)
        {
            return;
        }

        var (index, state) = (replica.Applied, replica.State.Copy());
        (replica.IsSnapshotting, replica.AppliedBytes) = (true, 0);
        _ = Task.Run(() => StoreSnapshotAsync(replica, index, state));
    }

    private async Task StoreSnapshotAsync(Replica replica, ulong index, KvState state)
    {
        try
        {
            await _snapshotting.WaitAsync(_stopping.Token);
            try
            {
                replica.Files.Write(index, state);
            }
            finally
            {
                _snapshotting.Release();
            }

            Post(_ =>
            {
                replica.IsSnapshotting = false;
                Touch(replica).Core.Compact(index, _options.EntriesKept);
            });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Failed(exception);
        }
        catch (OperationCanceledException)
        {
            // The node stops; the log has everything.
        }
    }

    private void BeginTransfer(Replica replica, Outbound outbound)
    {
        if (replica.Sending.Add(outbound.To))
        {
            _ = Task.Run(() => TransferAsync(replica, outbound));
        }
    }

    private async Task TransferAsync(Replica replica, Outbound outbound)
    {
        try
        {
            var writer = new FieldWriter();
            RaftCodec.Write(writer, outbound.Message);
            var (id, content) = replica.Files.Open(outbound.Message.Index);
            await using (content)
            {
                var progress = new Forward(_ => Post(now => replica.Core.SnapshotProgressed(now, outbound.To)));
                var offer = new RaftSnapshotOffer(id, content.Length, writer.Written);
                await replica.Transport.SendSnapshotAsync(outbound.To, offer, content, progress, _stopping.Token);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The file was removed behind a later one, or cannot be read.
            Post(_ => Touch(replica).Core.SnapshotFailed(outbound.To));
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
        finally
        {
            Post(_ => replica.Sending.Remove(outbound.To));
        }
    }

    /// <summary>A later snapshot is in the log.</summary>
    private void RemoveSnapshots(Replica replica, ulong index)
    {
        try
        {
            replica.Files.RemoveAllBut(index);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Failed(exception);
        }
    }

    /// <summary>Progress without a detour over another thread.</summary>
    private sealed class Forward(Action<long> report) : IProgress<long>
    {
        public void Report(long value) => report(value);
    }
}
