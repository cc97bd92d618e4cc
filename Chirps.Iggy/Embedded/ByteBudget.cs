namespace Chirps.Iggy.Embedded;

/// <summary>Bytes that all connections together may hold at a time. Who asks for more than is left waits, in the order of asking.</summary>
/// <remarks>One request may take them all, and counts as that many when it is larger.</remarks>
internal sealed class ByteBudget
{
    private readonly Lock _gate = new();
    private readonly Queue<(long Bytes, TaskCompletionSource Granted)> _waiting = new();
    private readonly long _total;
    private long _left;

    public ByteBudget(long total) => _left = _total = total;

    /// <summary>What is not taken.</summary>
    public long Left
    {
        get
        {
            lock (_gate)
            {
                return _left;
            }
        }
    }

    /// <summary>Takes bytes; give them back by disposing.</summary>
    public async ValueTask<Lease> TakeAsync(long bytes)
    {
        var taken = Math.Min(bytes, _total);
        TaskCompletionSource granted;
        lock (_gate)
        {
            if (_waiting.Count == 0 && _left >= taken)
            {
                _left -= taken;
                return new Lease(this, taken);
            }

            granted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue((taken, granted));
        }

        await granted.Task.ConfigureAwait(false);
        return new Lease(this, taken);
    }

    private void Return(long bytes)
    {
        lock (_gate)
        {
            _left += bytes;
            while (_waiting.TryPeek(out var next) && next.Bytes <= _left)
            {
                _waiting.Dequeue();
                _left -= next.Bytes;
                next.Granted.SetResult();
            }
        }
    }

    /// <summary>Bytes taken. Dispose once.</summary>
    internal readonly struct Lease(ByteBudget? budget, long bytes) : IDisposable
    {
        public void Dispose() => budget?.Return(bytes);
    }
}
