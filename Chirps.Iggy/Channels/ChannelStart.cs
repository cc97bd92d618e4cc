using Chirps.Iggy.Client;
using Chirps.Iggy.Protocol;

namespace Chirps.Iggy.Channels;

/// <summary>Where reading a channel begins.</summary>
public sealed record ChannelStart
{
    private static readonly IggyConsumer _finder = IggyConsumer.Of("chirps.finder");

    /// <summary>The instant at which it begins, by the server's clock; the oldest message when unset.</summary>
    public DateTimeOffset? Instant { get; init; }

    /// <summary>The message with which it begins; in other partitions those stored at the same instant or after it.</summary>
    public (int Partition, ulong Offset)? Message { get; init; }

    /// <summary>The offset at which it begins in each partition.</summary>
    public ulong[]? Positions { get; init; }

    /// <summary>The reader whose stored progress counts before all else.</summary>
    public string? Reader { get; init; }

    /// <summary>The offset to begin with in each partition; <see langword="null"/> for the oldest retained.</summary>
    internal async ValueTask<ulong?[]> ResolveAsync(IggyClient client, string stream, string channel, int partitions, CancellationToken cancellationToken)
    {
        var starts = new ulong?[partitions];
        if (Positions is { } known)
        {
            known.AsSpan(0, Math.Min(partitions, known.Length)).ToArray().Select(static position => (ulong?)position).ToArray().CopyTo(starts, 0);
            return starts;
        }

        if (Reader is { } reader && await StoredAsync(client, stream, channel, reader, starts, cancellationToken).ConfigureAwait(false))
        {
            return starts;
        }

        var from = Instant;
        if (Message is var (partition, offset) && partition < partitions)
        {
            starts[partition] = offset;
            using var polled = await client.PollAsync(_finder, stream, channel, (uint)partition, PollingStrategy.FromOffset(offset), 1, false, cancellationToken).ConfigureAwait(false);
            foreach (var message in polled)
            {
                from = IggyTime.ToInstant(message.BrokerMicroseconds);
            }
        }

        for (var i = 0; i < partitions && from is not null; i++)
        {
            if (starts[i] is null)
            {
                starts[i] = await FirstSinceAsync(client, stream, channel, (uint)i, from.Value, cancellationToken).ConfigureAwait(false);
            }
        }

        return starts;
    }

    private static async ValueTask<bool> StoredAsync(IggyClient client, string stream, string channel, string reader, ulong?[] starts, CancellationToken cancellationToken)
    {
        var any = false;
        for (var i = 0; i < starts.Length; i++)
        {
            var stored = await client.GetOffsetAsync(IggyConsumer.Of(reader), stream, channel, (uint)i, cancellationToken).ConfigureAwait(false);
            starts[i] = stored?.StoredOffset + 1;
            any |= stored is not null;
        }

        return any;
    }

    private static async ValueTask<ulong> FirstSinceAsync(IggyClient client, string stream, string channel, uint partition, DateTimeOffset from, CancellationToken cancellationToken)
    {
        // The newest message is asked for first: what is stored between the two polls must not be passed over.
        ulong end = 0;
        using (var newest = await client.PollAsync(_finder, stream, channel, partition, PollingStrategy.Last, 1, false, cancellationToken).ConfigureAwait(false))
        {
            foreach (var message in newest)
            {
                end = message.Offset + 1;
            }
        }

        using var polled = await client.PollAsync(_finder, stream, channel, partition, PollingStrategy.FromTime(from), 1, false, cancellationToken).ConfigureAwait(false);
        foreach (var message in polled)
        {
            end = message.Offset;
        }

        return end;
    }
}
