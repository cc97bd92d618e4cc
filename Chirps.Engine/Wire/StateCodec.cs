using System.Buffers.Binary;
using System.Text.Unicode;
using Chirps.Engine.State;

namespace Chirps.Engine.Wire;

/// <summary>The payload of the state messages: summaries, digests and deltas; every byte is described in <c>docs/wire-format.md</c>.</summary>
/// <remarks>Reading never throws and allocates nothing, whatever the bytes.</remarks>
internal static class StateCodec
{
    /// <summary>Into how many buckets names are divided for a summary.</summary>
    public const int Buckets = 64;

    /// <summary>Bytes of a summary.</summary>
    public const int SummaryBytes = Buckets * sizeof(uint);

    /// <summary>The most keys of one run.</summary>
    public const int KeysPerDeltaMax = ushort.MaxValue;

    /// <summary>Bytes before the runs or facts of a transfer: version, kind, flags, cluster, the sender's generation.</summary>
    public const int TransferHeadBytes = 1 + 1 + 1 + 8 + 8;

    private const int KeyFixedBytes = 8 + 1 + 1 + 4;
    private const int DeltaFixedBytes = 1 + (4 * 8) + 2;

    /// <summary>The bucket of a name.</summary>
    public static int BucketOf(ulong nameHash) => (int)(nameHash >> 58);

    /// <summary>Bytes one write takes.</summary>
    public static int KeyBytes(StateSlot slot) => KeyFixedBytes + slot.KeyUtf8.Length + slot.Value.Length;

    /// <summary>Bytes of a run before its keys.</summary>
    public static int DeltaHeadBytes(int nameBytes) => DeltaFixedBytes + nameBytes;

    /// <summary>Writes one write.</summary>
    public static void WriteKey(scoped ref ByteWriter writer, StateSlot slot)
    {
        writer.WriteUInt64(slot.Version);
        writer.WriteByte((byte)slot.Status);
        writer.WriteShortBytes(slot.KeyUtf8);
        writer.WriteUInt32((uint)slot.Value.Length);
        writer.WriteBytes(slot.Value.Span);
    }

    /// <summary>Writes what precedes the keys of a run, once it is known which went in.</summary>
    public static void WriteDeltaHead(Span<byte> room, NodeState node, ulong from, ulong max, int count)
    {
        var writer = new ByteWriter(room);
        writer.WriteShortBytes(node.NameUtf8);
        writer.WriteUInt64(node.Generation.Value);
        writer.WriteUInt64(node.LastGcVersion);
        writer.WriteUInt64(from);
        writer.WriteUInt64(max);
        writer.WriteUInt16((ushort)count);
    }

    /// <summary>Reads the next run of a delta.</summary>
    /// <param name="reader">What is left; advanced.</param>
    /// <param name="delta">The run.</param>
    /// <param name="fault">Why it was refused.</param>
    /// <returns>Whether a valid run was read, keys included.</returns>
    public static bool TryReadDelta(scoped ref ByteReader reader, out WireDelta delta, out DecodeFault fault)
    {
        delta = default;
        if (!reader.TryReadShortBytes(out var name) || !reader.TryReadUInt64(out var generation) || !reader.TryReadUInt64(out var collected)
            || !reader.TryReadUInt64(out var from) || !reader.TryReadUInt64(out var max) || !reader.TryReadUInt16(out var count))
        {
            fault = DecodeFault.Truncated;
            return false;
        }

        fault = !Membership.MemberId.IsName(name) ? DecodeFault.BadName : max < from || (max == from && count > 0) ? DecodeFault.BadState : DecodeFault.None;
        var keys = reader.Rest;
        var last = from;
        for (var index = 0; index < count && fault == DecodeFault.None; index++)
        {
            if (TryReadKey(ref reader, out var key, out fault) && (key.Version <= last || key.Version > max))
            {
                fault = DecodeFault.BadState;
            }

            last = key.Version;
        }

        delta = new WireDelta
        {
            Name = name,
            Generation = new Membership.Generation(generation),
            LastGcVersion = collected,
            From = from,
            MaxVersion = max,
            Keys = keys[..^reader.Rest.Length],
        };
        return fault == DecodeFault.None;
    }

    /// <summary>Takes the next write of a run that was read.</summary>
    public static bool TryNextKey(ref ReadOnlySpan<byte> keys, out WireKey key)
    {
        var reader = new ByteReader(keys);
        var taken = TryReadKey(ref reader, out key, out _);
        keys = reader.Rest;
        return taken;
    }

    /// <summary>Takes the next digest of a digest message that was read.</summary>
    public static bool TryNextDigest(ref ReadOnlySpan<byte> digests, out WireDigest digest)
    {
        var reader = new ByteReader(digests);
        var taken = WireDigest.TryRead(ref reader, out digest, out _);
        digests = reader.Rest;
        return taken;
    }

    /// <summary>Takes the next run of a delta message that was read.</summary>
    public static bool TryNextDelta(ref ReadOnlySpan<byte> deltas, out WireDelta delta)
    {
        var reader = new ByteReader(deltas);
        var taken = TryReadDelta(ref reader, out delta, out _);
        deltas = reader.Rest;
        return taken;
    }

    /// <summary>One bucket of a summary that was read.</summary>
    public static uint BucketAt(ReadOnlySpan<byte> summary, int bucket) => BinaryPrimitives.ReadUInt32BigEndian(summary[(bucket * sizeof(uint))..]);

    /// <summary>Checks the payload of a state message.</summary>
    public static DecodeFault Check(MessageKind kind, ReadOnlySpan<byte> body)
    {
        if (kind is MessageKind.StateSummary or MessageKind.TableSummary)
        {
            return body.Length == SummaryBytes ? DecodeFault.None : body.Length < SummaryBytes ? DecodeFault.Truncated : DecodeFault.BadState;
        }

        if (kind == MessageKind.Heartbeats)
        {
            return body.Length % WireHeartbeat.Bytes == 0 ? DecodeFault.None : DecodeFault.Truncated;
        }

        var reader = new ByteReader(body);
        var fault = DecodeFault.None;
        while (!reader.IsEmpty && fault == DecodeFault.None)
        {
            _ = kind == MessageKind.StateDigest ? WireDigest.TryRead(ref reader, out _, out fault) : TryReadDelta(ref reader, out _, out fault);
        }

        return fault;
    }

    private static bool TryReadKey(scoped ref ByteReader reader, out WireKey key, out DecodeFault fault)
    {
        key = default;
        if (!reader.TryReadUInt64(out var version) || !reader.TryReadByte(out var status) || !reader.TryReadShortBytes(out var name)
            || !reader.TryReadUInt32(out var length) || length > int.MaxValue || !reader.TryReadBytes((int)length, out var value))
        {
            fault = DecodeFault.Truncated;
            return false;
        }

        var isValid = (StateKeyStatus)status <= StateKeyStatus.DeleteAfterTtl && name.Length > 0 && Utf8.IsValid(name)
            && (status != (byte)StateKeyStatus.Deleted || length == 0);
        fault = isValid ? DecodeFault.None : DecodeFault.BadState;
        key = new WireKey { Version = version, Status = (StateKeyStatus)status, Key = name, Value = value };
        return isValid;
    }
}
