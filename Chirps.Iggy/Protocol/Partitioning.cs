using System.Buffers.Binary;
using System.Text;

namespace Chirps.Iggy.Protocol;

/// <summary>Which partition of a topic a send goes to.</summary>
public readonly struct Partitioning
{
    private readonly ReadOnlyMemory<byte> _value;
    private readonly uint _partition;
    private readonly PartitioningKind _kind;

    private Partitioning(PartitioningKind kind, uint partition, ReadOnlyMemory<byte> value)
    {
        _kind = kind;
        _partition = partition;
        _value = value;
    }

    /// <summary>In turn: a whole request goes to one partition, the next request to the next.</summary>
    public static Partitioning Balanced { get; } = new(PartitioningKind.Balanced, 0, default);

    /// <summary>How the partition is chosen; the default value is balanced.</summary>
    public PartitioningKind Kind => _kind == 0 ? PartitioningKind.Balanced : _kind;

    /// <summary>The partition named; without meaning for the other kinds.</summary>
    public uint Partition => _partition;

    /// <summary>The key; empty for the other kinds.</summary>
    public ReadOnlyMemory<byte> Key => _value;

    /// <summary>To a partition by its number.</summary>
    /// <param name="partition">The number; the first one is 0.</param>
    public static Partitioning To(uint partition) => new(PartitioningKind.Partition, partition, default);

    /// <summary>By a key: equal keys go to the same partition while the number of partitions stays.</summary>
    /// <param name="key">1 to 255 bytes, kept and not copied.</param>
    /// <exception cref="ArgumentException">The key is empty or too long.</exception>
    public static Partitioning ByKey(ReadOnlyMemory<byte> key)
        => key.Length is > 0 and <= IggyLimits.NameBytesMax
            ? new Partitioning(PartitioningKind.Key, 0, key)
            : throw new ArgumentException($"A key has 1 to {IggyLimits.NameBytesMax} bytes.", nameof(key));

    /// <summary>By a key in UTF-8.</summary>
    /// <param name="key">1 to 255 bytes.</param>
    /// <exception cref="ArgumentException">The key is empty or too long.</exception>
    public static Partitioning ByKey(string key) => ByKey(Encoding.UTF8.GetBytes(key));

    /// <summary>The partition of a key: the servers' rule.</summary>
    /// <param name="key">The key.</param>
    /// <param name="partitions">How many partitions the topic has, at least one.</param>
    /// <returns>The number of the partition.</returns>
    public static uint PartitionOf(ReadOnlySpan<byte> key, uint partitions) => XxHash32.Of(key) % partitions;

    internal void Write(WireBuffer buffer)
    {
        buffer.WriteByte((byte)Kind);
        switch (Kind)
        {
            case PartitioningKind.Partition:
                buffer.WriteByte(sizeof(uint));
                buffer.WriteUInt32(_partition);
                break;
            case PartitioningKind.Key:
                buffer.WriteShortBytes(_value.Span);
                break;
            default:
                buffer.WriteByte(0);
                break;
        }
    }

    /// <summary>Reads a partitioning; a key is copied.</summary>
    internal static bool TryRead(ref WireReader reader, out Partitioning partitioning)
    {
        partitioning = Balanced;
        if (!reader.TryReadByte(out var kind) || !reader.TryReadByte(out var length) || !reader.TryReadBytes(length, out var value))
        {
            return false;
        }

        switch ((PartitioningKind)kind)
        {
            case PartitioningKind.Balanced:
                return length == 0;
            case PartitioningKind.Partition when length == sizeof(uint):
                partitioning = To(BinaryPrimitives.ReadUInt32LittleEndian(value));
                return true;
            case PartitioningKind.Key when length > 0:
                partitioning = ByKey(value.ToArray());
                return true;
            default:
                return false;
        }
    }
}
