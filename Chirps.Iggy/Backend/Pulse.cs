namespace Chirps.Iggy.Backend;

/// <summary>
/// Tells those who wait that something may have changed. Take <see cref="Next"/> first, then look, then wait for it: no change is missed. Any thread.
/// </summary>
internal sealed class Pulse
{
    private TaskCompletionSource? _next;

    /// <summary>Ends at the next change.</summary>
    public Task Next
    {
        get
        {
            var made = Volatile.Read(ref _next);
            if (made is null)
            {
                var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                made = Interlocked.CompareExchange(ref _next, mine, null) ?? mine;
            }

            return made.Task;
        }
    }

    /// <summary>Something has changed.</summary>
    public void Beat() => Interlocked.Exchange(ref _next, null)?.TrySetResult();
}
