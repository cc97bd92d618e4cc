using System.Collections.Concurrent;
using System.Globalization;
using Chirps.Tests.Quic;
using Orleans.Streams;

namespace Chirps.Tests.Cluster;

/// <summary>A subscriber of a channel of numbers that keeps what it hears and fails at one of them.</summary>
internal sealed class DurableObserver(int? poison) : IAsyncObserver<DurableEntry>
{
    public ConcurrentQueue<DurableEntry> Entries { get; } = new();

    public ConcurrentQueue<StreamSequenceToken> Tokens { get; } = new();

    public ConcurrentQueue<Exception> Errors { get; } = new();

    public int[] Numbers => [.. Entries.Select(Number)];

    public Task Until(int count) => Until(numbers => numbers.Length >= count);

    public Task Until(Func<int[], bool> condition) => Expect.Eventually(() => condition(Numbers), "the subscriber has its messages");

    public Task OnNextAsync(DurableEntry item, StreamSequenceToken? token = null)
    {
        if (Number(item) == poison)
        {
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

    private static int Number(DurableEntry entry) => int.Parse(entry.Payload.Span, CultureInfo.InvariantCulture);
}
