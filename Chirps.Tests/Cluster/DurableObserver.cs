using System.Collections.Concurrent;
using System.Globalization;
using Chirps.Tests.Quic;
using Orleans.Streams;

namespace Chirps.Tests.Cluster;

/// <summary>A subscriber of a channel of numbers that keeps what it hears and fails at some of them.</summary>
internal sealed class DurableObserver(Func<int, bool>? poison = null) : IAsyncObserver<DurableEntry>
{
    private int _refused;

    public StreamSubscriptionHandle<DurableEntry>? Handle { get; set; }

    public ConcurrentQueue<DurableEntry> Entries { get; } = new();

    public ConcurrentQueue<StreamSequenceToken> Tokens { get; } = new();

    public ConcurrentQueue<Exception> Errors { get; } = new();

    public int[] Numbers => [.. Entries.Select(Number)];

    /// <summary>How often it failed.</summary>
    public int Refused => Volatile.Read(ref _refused);

    public Task Until(int count) => Until(numbers => numbers.Length >= count);

    public Task Until(Func<int[], bool> condition) => Expect.Eventually(() => condition(Numbers), "the subscriber has its messages");

    public Task UntilError() => Expect.Eventually(() => !Errors.IsEmpty, "the subscriber is told of an error");

    public Task OnNextAsync(DurableEntry item, StreamSequenceToken? token = null)
    {
        if (poison?.Invoke(Number(item)) == true)
        {
            _ = Interlocked.Increment(ref _refused);
            throw new InvalidOperationException("This message cannot be handled.");
        }

        Entries.Enqueue(item);
        Tokens.Enqueue(token!);
        return Task.CompletedTask;
    }

    public Task OnErrorAsync(Exception ex)
    {
        Errors.Enqueue(ex);
        return Task.CompletedTask;
    }

    public Task OnCompletedAsync() => Task.CompletedTask;

    public static int Number(DurableEntry entry) => int.Parse(entry.Payload.Span, CultureInfo.InvariantCulture);
}
