namespace Chirps.Iggy.Protocol;

/// <summary>Where a poll begins.</summary>
/// <param name="Kind">What the value means.</param>
/// <param name="Value">An offset, or microseconds since the Unix epoch; 0 for the other kinds.</param>
public readonly record struct PollingStrategy(PollingKind Kind, ulong Value)
{
    /// <summary>At the oldest message retained.</summary>
    public static PollingStrategy First { get; } = new(PollingKind.First, 0);

    /// <summary>The newest messages, as many as the poll asks for, oldest of them first.</summary>
    public static PollingStrategy Last { get; } = new(PollingKind.Last, 0);

    /// <summary>After the offset stored for the consumer, or at the oldest message when none is stored.</summary>
    public static PollingStrategy Next { get; } = new(PollingKind.Next, 0);

    /// <summary>At an offset. Beyond the newest message nothing is returned, which is no error.</summary>
    public static PollingStrategy FromOffset(ulong offset) => new(PollingKind.Offset, offset);

    /// <summary>At the first message the broker stored at an instant or after it.</summary>
    /// <param name="instant">The instant, by the broker's clock. One before 1970 counts as 1970.</param>
    public static PollingStrategy FromTime(DateTimeOffset instant) => new(PollingKind.Timestamp, IggyTime.ToMicroseconds(instant));

    internal void Write(WireBuffer buffer)
    {
        buffer.WriteByte((byte)Kind);
        buffer.WriteUInt64(Value);
    }

    internal static bool TryRead(ref WireReader reader, out PollingStrategy strategy)
    {
        strategy = First;
        if (!reader.TryReadByte(out var kind) || kind is < (byte)PollingKind.Offset or > (byte)PollingKind.Next || !reader.TryReadUInt64(out var value))
        {
            return false;
        }

        strategy = new PollingStrategy((PollingKind)kind, value);
        return true;
    }
}
