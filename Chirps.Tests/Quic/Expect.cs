namespace Chirps.Tests.Quic;

/// <summary>Waits for events; a timeout names the event that did not happen.</summary>
internal static class Expect
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public static async Task<T> Event<T>(TaskCompletionSource<T> source, string name)
    {
        try
        {
            return await source.Task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Did not happen within {Patience.TotalSeconds} s: {name}.");
        }
    }

    /// <summary>Waits for something that happens by itself.</summary>
    public static async Task Eventually(Func<bool> condition, string what)
    {
        using var timeout = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!condition())
        {
            try
            {
                await timer.WaitForNextTickAsync(timeout.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"Did not happen within {Patience.TotalSeconds} s: {what}.");
            }
        }
    }

    /// <summary>Reports an event once its condition holds.</summary>
    public static void When<T>(bool condition, TaskCompletionSource<T> source, T result)
    {
        if (condition)
        {
            source.TrySetResult(result);
        }
    }
}
