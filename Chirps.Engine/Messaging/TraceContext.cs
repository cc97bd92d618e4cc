using System.Buffers.Binary;

namespace Chirps.Engine.Messaging;

/// <summary>
/// Which trace a message belongs to (W3C Trace Context): 16 bytes of trace id, 8 of the sender's span id, a byte of flags. The default value
/// is none, and takes no bytes on the wire.
/// </summary>
/// <param name="TraceHigh">The first half of the trace id.</param>
/// <param name="TraceLow">The second half.</param>
/// <param name="Span">The id of the sender's span.</param>
/// <param name="Flags">Bit 0: sampled. Others have no meaning and are not kept.</param>
public readonly record struct TraceContext(ulong TraceHigh, ulong TraceLow, ulong Span, byte Flags)
{
    /// <summary>Bytes on the wire.</summary>
    public const int Bytes = 16 + 8 + 1;

    private const byte KnownFlags = 1;

    /// <summary>Whether there is a trace. Ids of zero are not valid (W3C Trace Context, section 3.2.2).</summary>
    public bool IsPresent => (TraceHigh | TraceLow) != 0 && Span != 0;

    /// <summary>Reads 25 bytes; what makes no sense is none.</summary>
    public static TraceContext Read(ReadOnlySpan<byte> bytes)
    {
        var context = new TraceContext(
            BinaryPrimitives.ReadUInt64BigEndian(bytes),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]),
            (byte)(bytes[24] & KnownFlags));
        return context.IsPresent ? context : default;
    }

    /// <summary>Writes 25 bytes.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64BigEndian(destination, TraceHigh);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], TraceLow);
        BinaryPrimitives.WriteUInt64BigEndian(destination[16..], Span);
        destination[24] = Flags;
    }
}
