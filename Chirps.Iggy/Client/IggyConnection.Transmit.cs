using Chirps.Iggy.Protocol;

namespace Chirps.Iggy.Client;

internal sealed partial class IggyConnection
{
    /// <summary>Writes what is queued: the work item of whoever found no other at it.</summary>
    void IThreadPoolWorkItem.Execute() => _ = FlushAsync();

    private async Task FlushAsync()
    {
        try
        {
            while (TrySwap())
            {
                await _stream.WriteAsync(_writing.Memory, _stop.Token).ConfigureAwait(false);
                _writing.Clear();
            }
        }
        catch (Exception failure)
        {
            Fail(failure);
            lock (_gate)
            {
                FreeBuffers();
            }
        }
    }

    /// <summary>Takes what is queued to be written. When there is nothing more, the next request begins a new work item.</summary>
    private bool TrySwap()
    {
        TaskCompletionSource? room;
        lock (_gate)
        {
            if (_failure is not null)
            {
                FreeBuffers();
                return false;
            }

            if (_filling.Length == 0)
            {
                _flushing = false;
                return false;
            }

            if (_writing.Capacity > KeepBytesMax)
            {
                _writing.Dispose();
                _writing = new WireBuffer();
            }

            (_filling, _writing) = (_writing, _filling);
            _written = _numbers;
            room = _room;
            _room = null;
        }

        room?.TrySetResult();
        return true;
    }

    private long SilenceEnd(long now) => now + Ticks(_options.RequestTimeout);

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * _options.Time.TimestampFrequency);

    private void Arm(long now, long at)
    {
        if (at < _timerAt)
        {
            _timerAt = at;
            var seconds = Math.Max(0, (double)(at - now) / _options.Time.TimestampFrequency);
            _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(seconds * 1000)), Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Ends the waiting of requests whose deadline has passed; ends the connection when the server owes answers and has been silent for a whole timeout.</summary>
    private void CheckDeadlines()
    {
        var silent = false;
        lock (_gate)
        {
            if (_failure is not null)
            {
                return;
            }

            var now = _options.Time.GetTimestamp();
            var next = long.MaxValue;
            for (var index = 0; index < _pending.Count; index++)
            {
                var pending = _pending[index];
                if (pending.IsWaiting && pending.Deadline <= now)
                {
                    pending.GiveUp(IggyException.Late(pending.Command, pending.Number <= _written));
                }
                else if (pending.IsWaiting)
                {
                    next = Math.Min(next, pending.Deadline);
                }
            }

            _timerAt = long.MaxValue;
            if (_pending.Count > 0)
            {
                var silenceEnd = SilenceEnd(Math.Max(_pending[0].Begun, Volatile.Read(ref _lastReceived)));
                silent = silenceEnd <= now;
                Arm(now, Math.Min(next, silenceEnd));
            }
        }

        if (silent)
        {
            Fail(new TimeoutException($"The server was silent for {_options.RequestTimeout.TotalSeconds} s while it owed answers."));
        }
    }
}
