namespace Chirps.Iggy.Embedded.Log;

/// <summary>Messages that were stored cannot be read back intact. They are refused, never served; those from <see cref="NextOffset"/> on can be read.</summary>
public sealed class LogCorruptException(ulong offset, ulong nextOffset)
    : IOException($"The messages from offset {offset} up to, not including, {nextOffset} are damaged on disk.")
{
    /// <summary>The first offset that is damaged.</summary>
    public ulong Offset { get; } = offset;

    /// <summary>The next offset from which messages can be read again.</summary>
    public ulong NextOffset { get; } = nextOffset;
}
