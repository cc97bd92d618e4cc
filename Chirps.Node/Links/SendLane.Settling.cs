using System.Diagnostics;
using Chirps.Engine.Messaging;

namespace Chirps.Node.Links;

/// <content>How sends end: acknowledged, refused, given up, or with the peer's process.</content>
internal sealed partial class SendLane
{
    /// <summary>Settles what has passed its deadline.</summary>
    public void Expire(long now)
    {
        if (Pending == 0)
        {
            return;
        }

        lock (_writing)
        {
            var reason = _session is null ? FailureReason.NotConnected : FailureReason.QueueFull;
            GiveUp(send => send.Deadline <= now, FailureReason.DeadlinePassed, reason);
        }
    }

    /// <summary>Settles everything, because the peer is gone for good.</summary>
    public void GiveUpAll(FailureReason reason)
    {
        lock (_writing)
        {
            GiveUp(static _ => true, reason, reason);
        }
    }

    /// <summary>This node stops: nothing waits any more, and nothing will.</summary>
    public void Stop()
    {
        lock (_writing)
        {
            _stopped = true;
            GiveUp(static _ => true, FailureReason.Stopping, FailureReason.Stopping);
        }
    }

    /// <summary>Ends the wait of a send whose caller has given up.</summary>
    public void Cancel(PendingSend cancelled)
    {
        lock (_writing)
        {
            if (TakeWaiting(send => ReferenceEquals(send, cancelled)) is { Count: > 0 })
            {
                cancelled.Cancel();
                return;
            }

            var found = new List<PendingSend>(1);
            lock (_gate)
            {
                _window.Abandon(send => ReferenceEquals(send, cancelled), found);
                if (found.Count == 1)
                {
                    cancelled.Cancel();
                }
            }
        }
    }

    /// <summary>Takes an acknowledgement. Transport's thread.</summary>
    /// <returns>Whether it can be true.</returns>
    public bool Settle(OutStream stream, in Frame frame)
    {
        lock (_gate)
        {
            if (stream.Epoch != _epoch)
            {
                return true; // of a count that has ended
            }

            if (!_window.WasSent(frame.Sequence))
            {
                return false;
            }

            var body = frame.Body;
            while (FrameCodec.TryReadRefusal(ref body, out var refusal))
            {
                if (_window.TryTakeOne(refusal.Sequence, out var refused))
                {
                    refused.Complete(SendResult.Rejected(Failure.Of(refusal.Reason), refused.Id));
                }
            }

            var now = Stopwatch.GetTimestamp();
            while (_window.TryTake(frame.Sequence, out var send))
            {
                _delivered++;
                _metrics.ControlDelivered(Stopwatch.GetElapsedTime(send.Started, now));
                send.Complete(new SendResult(Outcome.Delivered, send.Id));
            }

            return true;
        }
    }

    /// <summary>The peer knows nothing of an epoch, and has taken nothing of it on this connection. Transport's thread.</summary>
    public void Lost(ulong epoch)
    {
        OutStream? stream;
        lock (_writing)
        {
            if (epoch != _epoch)
            {
                return;
            }

            // What an earlier connection carried may have reached somebody; what began on this one did not.
            Restart(_firstOfStream);
            if (_stream is { } current)
            {
                _peerGeneration = current.Session.IsPeerKnown ? current.Session.Generation : 0;
                WriteOpen(current);
                WriteUnwritten();
            }

            stream = _stream;
        }

        stream?.Flush();
    }

    /// <summary>Begins a new count: the messages before <paramref name="keptFrom"/> are unknown, the others get new numbers.</summary>
    private void Restart(ulong keptFrom)
    {
        var removed = new List<PendingSend>();
        lock (_gate)
        {
            _window.Restart(keptFrom, removed);
            _epoch = _link.NextEpoch();
            foreach (var send in removed)
            {
                send.Complete(new SendResult(Outcome.Unknown, send.Id, FailureReason.PeerRestarted));
            }
        }

        (_written, _everWritten, _firstOfStream) = (0, 0, 1);
    }

    private void GiveUp(Predicate<PendingSend> condition, FailureReason sent, FailureReason waiting)
    {
        var found = new List<PendingSend>();
        lock (_gate)
        {
            _window.Abandon(condition, found);
            foreach (var send in found)
            {
                send.Complete(new SendResult(Outcome.Unknown, send.Id, sent));
            }
        }

        foreach (var send in TakeWaiting(condition))
        {
            send.Complete(SendResult.Rejected(waiting, send.Id));
        }
    }

    private List<PendingSend> TakeWaiting(Predicate<PendingSend> condition)
    {
        var taken = new List<PendingSend>();
        for (var left = _waiting.Count; left > 0; left--)
        {
            var send = _waiting.Dequeue();
            if (condition(send))
            {
                _waitingBytes -= send.Payload.Length;
                taken.Add(send);
            }
            else
            {
                _waiting.Enqueue(send);
            }
        }

        Volatile.Write(ref _waitingCount, _waiting.Count);
        return taken;
    }
}
