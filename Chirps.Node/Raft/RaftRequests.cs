using System.Collections.Concurrent;
using Chirps.Engine.Membership;

namespace Chirps.Node.Raft;

/// <summary>Requests of all groups that wait for their answers. Only the peer that was asked can answer.</summary>
internal sealed class RaftRequests(int max)
{
    private readonly ConcurrentDictionary<ulong, Pending> _pending = new();
    private long _last;
    private int _count;

    /// <summary>Sends with a fresh correlation, and waits.</summary>
    public async ValueTask<RaftAnswer> AskAsync(MemberId peer, ulong group, TimeSpan deadline, Func<ulong, RaftSend> send, CancellationToken cancellationToken)
    {
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

    private sealed class Pending(MemberId peer, ulong group) : TaskCompletionSource<RaftAnswer>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public MemberId Peer => peer;

        public ulong Group => group;
    }
}
