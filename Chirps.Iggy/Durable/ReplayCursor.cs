using Chirps.Iggy.Backend;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Messages;

namespace Chirps.Iggy.Durable;

/// <summary>Where a replay stands in one partition.</summary>
internal sealed class ReplayCursor(uint partition)
{
    public uint Partition { get; } = partition;

    /// <summary>What was read and not handed on.</summary>
    public Queue<ReplayItem> Read { get; } = new();

    /// <summary>The offset to read next; <see langword="null"/> until the first answer says it.</summary>
    public ulong? Next { get; set; }

    /// <summary>The offset before which the replay ends.</summary>
    public ulong End { get; init; }

    /// <summary>The offset behind the newest message, as far as is known.</summary>
    public ulong Known { get; set; }

    /// <summary>Whether the last answer had nothing.</summary>
    public bool IsDry { get; set; }

    public void Take(in MessageView message, ulong newest)
    {
        if (Next is { } wanted && message.Offset > wanted)
        {
            Skip(message.Offset, newest);
        }

        Next = message.Offset + 1;
        DurableHeader? header = DurableCodec.TryRead(message.UserHeaders, out var read, out _) ? read : null;
        Read.Enqueue(new ReplayItem((int)Partition, message.Offset, IggyTime.ToInstant(message.BrokerMicroseconds), header, message.Payload.ToArray()));
    }

    /// <summary>Goes on at another offset, and says so.</summary>
    public void Skip(ulong first, ulong newest)
    {
        Read.Enqueue(new ReplayItem((int)Partition, first, default, null, [], new ReplayGap(Next!.Value, first, newest)));
        (Next, Known) = (first, newest);
    }
}
