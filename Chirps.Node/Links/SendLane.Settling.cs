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
            if (_waiting.Remove(cancelled))
            {
                cancelled.Cancel();
                return;
            }

            lock (_gate)
            {
                if (ReferenceEquals(_window[cancelled.Sequence], cancelled) && _window.TryTakeOne(cancelled.Sequence, out _))
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

            _peerHasEpoch = true;
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
    public void Lost(OutStream stream, ulong epoch)
    {
        lock (_writing)
        {
            if (ReferenceEquals(stream, _stream) && epoch == _epoch && stream.Epoch == epoch)
            {
                // What an earlier connection carried may have reached somebody; what began on this one did not.
                Begin(_firstOfStream);
            }
        }

        Pump();
    }

    /// <summary>Begins a new count, on the present stream too.</summary>
    private void Begin(ulong keptFrom)
    {
        Restart(keptFrom);
        if (_stream is { } current)
        {
            _peerGeneration = current.Session.IsPeerKnown ? current.Session.Generation : 0;
            WriteOpen(current);
        }
    }

    /// <summary>Begins a new count: the messages before <paramref name="keptFrom"/> are unknown, the others get new numbers.</summary>
    private void Restart(ulong keptFrom)
    {
        var removed = new List<PendingSend>();
        lock (_gate)
        {
            _window.Restart(keptFrom, removed);
            for (var sequence = _window.First; sequence < _window.Next; sequence++)
            {
                _window[sequence]!.Sequence = sequence;
            }

            _epoch = _link.NextEpoch();
            _peerHasEpoch = false;
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

        for (var send = _waiting.First; send is not null;)
        {
            var next = send.Next;
            if (condition(send))
            {
                _waiting.Remove(send);
                send.Complete(SendResult.Rejected(waiting, send.Id));
            }

            send = next;
        }
    }
}
