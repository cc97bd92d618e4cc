using System.Collections.Concurrent;
using Chirps.Engine.Membership;

namespace Chirps.Node.Raft;

/// <summary>Requests of all groups that wait for their answers. Only the peer that was asked can answer.</summary>
internal sealed class RaftRequests(int max)
{
    private static readonly TimeSpan _deadlineMax = TimeSpan.FromMilliseconds(int.MaxValue);

    private readonly ConcurrentDictionary<ulong, Pending> _pending = new();

    // Not from 1: an answer to a request of this node's former process must not answer one of this.
    private long _last = Random.Shared.NextInt64();
    private int _count;
    private volatile bool _closed;

    /// <summary>Sends with a fresh correlation, and waits.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The deadline is negative, or longer than a timer can wait.</exception>
    public async ValueTask<RaftAnswer> AskAsync(MemberId peer, ulong group, TimeSpan deadline, Func<ulong, RaftSend> send, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(deadline, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(deadline, _deadlineMax);
        cancellationToken.ThrowIfCancellationRequested();
        if (Interlocked.Increment(ref _count) > max)
        {
            Interlocked.Decrement(ref _count);
            return new RaftAnswer(RaftOutcome.NotSent);
        }

        var correlation = (ulong)Interlocked.Increment(ref _last);
        var pending = new Pending(peer, group);
        _pending[correlation] = pending;
        try
        {
            if (_closed)
            {
                return new RaftAnswer(RaftOutcome.NotSent);
            }

            return send(correlation) == RaftSend.Taken
                ? await pending.Task.WaitAsync(deadline, cancellationToken).ConfigureAwait(false)
                : new RaftAnswer(RaftOutcome.NotSent);
        }
        catch (TimeoutException)
        {
            return new RaftAnswer(RaftOutcome.DeadlinePassed);
        }
        finally
        {
            _pending.TryRemove(correlation, out _);
            Interlocked.Decrement(ref _count);
        }
    }

    /// <summary>An answer arrived; late and foreign ones are ignored.</summary>
    public void Answered(MemberId from, in RaftFrame frame)
    {
        if (_pending.TryGetValue(frame.Correlation, out var pending) && pending.Peer == from && pending.Group == frame.Group)
        {
            pending.TrySetResult(frame.Kind == RaftFrameKind.Answer ? new RaftAnswer(RaftOutcome.Answered, frame.Message) : new RaftAnswer(RaftOutcome.NoGroup));
        }
    }

    /// <summary>A write was not sent: what asked with it need not wait.</summary>
    public void NotSent(ReadOnlyMemory<byte> frames)
    {
        while (RaftFrame.TryRead(ref frames, out var frame))
        {
            if (frame.Kind is RaftFrameKind.Request or RaftFrameKind.Snapshot && _pending.TryGetValue(frame.Correlation, out var pending))
            {
                pending.TrySetResult(new RaftAnswer(RaftOutcome.NotSent));
            }
        }
    }

    /// <summary>Nobody waits any longer.</summary>
    public void Close()
    {
        _closed = true;
        foreach (var (_, pending) in _pending)
        {
            pending.TrySetResult(new RaftAnswer(RaftOutcome.Closed));
        }
    }

    private sealed class Pending(MemberId peer, ulong group) : TaskCompletionSource<RaftAnswer>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public MemberId Peer => peer;

        public ulong Group => group;
    }
}
