using Chirps.Engine.Membership;

namespace Chirps.Engine.Wire;

/// <summary>How far one node's copy of the key-values of another goes. Its name is a view of the datagram it was read from.</summary>
internal readonly ref struct WireDigest
{
    /// <summary>Bytes a digest takes besides the name: its length, generation, last collection, version.</summary>
    public const int FixedBytes = 1 + 8 + 8 + 8;

    /// <summary>Whose key-values, UTF-8.</summary>
    public ReadOnlySpan<byte> Name { get; init; }

    /// <summary>Of which process.</summary>
    public Generation Generation { get; init; }

    /// <summary>Deletions up to this version are forgotten.</summary>
    public ulong LastGcVersion { get; init; }

    /// <summary>Everything up to this version is held; zero for nothing.</summary>
    public ulong MaxVersion { get; init; }

    /// <summary>Writes the digest.</summary>
    public void Write(scoped ref ByteWriter writer)
    {
        writer.WriteShortBytes(Name);
        writer.WriteUInt64(Generation.Value);
        writer.WriteUInt64(LastGcVersion);
        writer.WriteUInt64(MaxVersion);
    }

    /// <summary>Reads a digest.</summary>
    /// <returns>Whether a valid one was read; else <paramref name="fault"/> says why not.</returns>
    public static bool TryRead(scoped ref ByteReader reader, out WireDigest digest, out DecodeFault fault)
    {
        digest = default;
        if (!reader.TryReadShortBytes(out var name) || !reader.TryReadUInt64(out var generation)
            || !reader.TryReadUInt64(out var collected) || !reader.TryReadUInt64(out var version))
        {
            fault = DecodeFault.Truncated;
            return false;
        }

        fault = MemberId.IsName(name) ? DecodeFault.None : DecodeFault.BadName;
        digest = new WireDigest { Name = name, Generation = new Generation(generation), LastGcVersion = collected, MaxVersion = version };
        return fault == DecodeFault.None;
    }
}
