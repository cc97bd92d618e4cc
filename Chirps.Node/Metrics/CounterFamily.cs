namespace Chirps.Node.Metrics;

/// <summary>A counter per label value.</summary>
internal sealed class CounterFamily(int values)
{
    private readonly long[] _counts = new long[values];

    public void Add(int index = 0, long count = 1) => Interlocked.Add(ref _counts[index], count);

    public long Read(int index) => Interlocked.Read(ref _counts[index]);
}
