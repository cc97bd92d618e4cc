using Orleans.Streams;

namespace Chirps;

/// <summary>Messages a subscriber had not seen are not retained any more. The subscription goes on with the first that is.</summary>
[GenerateSerializer, Alias("Chirps.DurableGapException")]
public sealed class DurableGapException : DataNotAvailableException
{
    /// <summary>Makes the error.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="wanted">The offset that was to come next.</param>
    /// <param name="first">The first offset retained, where reading goes on.</param>
    /// <param name="end">The offset behind the newest message.</param>
    public DurableGapException(int partition, ulong wanted, ulong first, ulong end)
        : base($"Offset {wanted} of partition {partition} is not retained any more; offsets {first} up to {end}, without it, are. Reading goes on at {first}.")
    {
        Partition = partition;
        Wanted = wanted;
        First = first;
        End = end;
    }

    /// <summary>The partition.</summary>
    [Id(0)]
    public int Partition { get; private set; }

    /// <summary>The offset that was to come next.</summary>
    [Id(1)]
    public ulong Wanted { get; private set; }

    /// <summary>The first offset retained, where reading goes on.</summary>
    [Id(2)]
    public ulong First { get; private set; }

    /// <summary>The offset behind the newest message.</summary>
    [Id(3)]
    public ulong End { get; private set; }
}
