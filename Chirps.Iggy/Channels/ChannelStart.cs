using Chirps.Iggy.Client;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Records;

namespace Chirps.Iggy.Channels;

/// <summary>
/// Where reading a channel begins. It is turned into an offset for each partition once, at the server, when reading begins: from then on
/// every message behind these offsets is owed to the reader, and one that is not retained any more is a gap. What had been removed before is not.
/// </summary>
public sealed record ChannelStart
{
    private static readonly IggyConsumer _finder = IggyConsumer.Of("chirps.finder");

    /// <summary>The reader whose stored progress counts before all else. A partition without any, while others have, begins at offset 0.</summary>
    public string? Reader { get; init; }

    /// <summary>The offset at which it begins in each partition; 0 in partitions that are not among them.</summary>
    public ulong[]? Positions { get; init; }

    /// <summary>The message with which it begins; in other partitions those stored at the same instant or after it.</summary>
    public (int Partition, ulong Offset)? Message { get; init; }

    /// <summary>The instant at which it begins, by the server's clock; the oldest message when nothing is set.</summary>
    public DateTimeOffset? Instant { get; init; }

    /// <summary>The offset behind the newest message of a partition.</summary>
    public static ulong EndOf(PartitionInfo partition) => partition is { Messages: 0, CurrentOffset: 0 } ? 0 : partition.CurrentOffset + 1;

    /// <summary>The oldest offset retained, or the end when there is none.</summary>
    internal static async ValueTask<ulong> FirstAsync(IggyClient client, string stream, string channel, uint partition, ulong end, CancellationToken cancellationToken)
        => (await FindAsync(client, stream, channel, partition, PollingStrategy.First, cancellationToken).ConfigureAwait(false))?.Offset ?? end;

    /// <summary>The offset to begin with in each partition.</summary>
    /// <param name="client">The server.</param>
    /// <param name="stream">The Iggy stream.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="ends">The offset behind the newest message of each partition, from before this call: what is stored meanwhile is not passed over.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    internal async ValueTask<ulong[]> ResolveAsync(IggyClient client, string stream, string channel, ulong[] ends, CancellationToken cancellationToken)
    {
        var partitions = ends.Length;
        if (Reader is { } reader && await StoredAsync(client, stream, channel, reader, partitions, cancellationToken).ConfigureAwait(false) is { } stored)
        {
            return stored;
        }

        var starts = new ulong[partitions];
        if (Positions is { } known)
        {
            known.AsSpan(0, Math.Min(partitions, known.Length)).CopyTo(starts);
            return starts;
        }

        var from = Instant;
        if (Message is var (wanted, offset) && wanted < partitions)
        {
            var found = await FindAsync(client, stream, channel, (uint)wanted, PollingStrategy.FromOffset(offset), cancellationToken).ConfigureAwait(false);
            from = found?.StoredAt;
        }

        for (var index = 0; index < partitions; index++)
        {
            starts[index] = Message is var (partition, first) && partition == index
                ? first
                : await SinceAsync(client, stream, channel, (uint)index, from, ends[index], cancellationToken).ConfigureAwait(false);
        }

        return starts;
    }

    /// <returns>None when the reader has stored nothing at all.</returns>
    private static async ValueTask<ulong[]?> StoredAsync(IggyClient client, string stream, string channel, string reader, int partitions, CancellationToken cancellationToken)
    {
        var starts = new ulong[partitions];
        var any = false;
        for (var index = 0; index < partitions; index++)
        {
            var stored = await client.GetOffsetAsync(IggyConsumer.Of(reader), stream, channel, (uint)index, cancellationToken).ConfigureAwait(false);
            starts[index] = stored is { } known ? known.StoredOffset + 1 : 0;
            any |= stored is not null;
        }

        return any ? starts : null;
    }

    /// <summary>The first offset stored at an instant or after it; the oldest without one.</summary>
    private static async ValueTask<ulong> SinceAsync(IggyClient client, string stream, string channel, uint partition, DateTimeOffset? from, ulong end, CancellationToken cancellationToken)
    {
        var strategy = from is { } instant ? PollingStrategy.FromTime(instant) : PollingStrategy.First;
        return (await FindAsync(client, stream, channel, partition, strategy, cancellationToken).ConfigureAwait(false))?.Offset ?? end;
    }

    private static async ValueTask<(ulong Offset, DateTimeOffset StoredAt)?> FindAsync(
        IggyClient client, string stream, string channel, uint partition, PollingStrategy strategy, CancellationToken cancellationToken)
    {
        using var polled = await client.PollAsync(_finder, stream, channel, partition, strategy, 1, false, cancellationToken).ConfigureAwait(false);
        foreach (var message in polled)
        {
            return (message.Offset, IggyTime.ToInstant(message.BrokerMicroseconds));
        }

        return null;
    }
}
