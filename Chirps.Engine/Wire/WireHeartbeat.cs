namespace Chirps.Engine.Wire;

/// <summary>The newest heartbeat of one process as it travels.</summary>
/// <param name="NameHash">The hash of the member's name.</param>
/// <param name="Generation">The lower half of its generation: enough to tell processes apart.</param>
/// <param name="Heartbeat">How many periods it has run.</param>
internal readonly record struct WireHeartbeat(ulong NameHash, uint Generation, uint Heartbeat)
{
    /// <summary>Bytes it takes.</summary>
    public const int Bytes = 8 + 4 + 4;

    /// <summary>Writes it.</summary>
    public void Write(scoped ref ByteWriter writer)
    {
        writer.WriteUInt64(NameHash);
        writer.WriteUInt32(Generation);
        writer.WriteUInt32(Heartbeat);
    }

    /// <summary>Reads the next one.</summary>
    public static bool TryRead(scoped ref ByteReader reader, out WireHeartbeat heartbeat)
    {
        heartbeat = default;
        if (!reader.TryReadUInt64(out var name) || !reader.TryReadUInt32(out var generation) || !reader.TryReadUInt32(out var count))
        {
            return false;
        }

        heartbeat = new WireHeartbeat(name, generation, count);
        return true;
    }
}
