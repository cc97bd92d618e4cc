namespace RaftKv.Kv;

/// <summary>What a command does.</summary>
internal enum KvOperation : byte
{
    Put = 1,
    Delete,

    /// <summary>Puts if the present value is the expected one.</summary>
    Swap,
}

/// <summary>A change of the store, with the number that makes a repetition harmless.</summary>
/// <param name="Client">Who wants it; sends one command at a time.</param>
/// <param name="Sequence">Counts the client's commands from 1; one sent again keeps its number. 0 from whoever does not count: sent again it is done again.</param>
/// <param name="Operation">What to do.</param>
/// <param name="Key">With which key.</param>
/// <param name="Value">The new value, empty for a deletion.</param>
/// <param name="Expected">What a swap expects; empty for a key that is not there.</param>
internal sealed record KvCommand(Guid Client, ulong Sequence, KvOperation Operation, string Key, ReadOnlyMemory<byte> Value, ReadOnlyMemory<byte> Expected = default)
{
    public byte[] Encode()
    {
        var writer = new FieldWriter();
        writer.Guid(Client);
        writer.UInt64(Sequence);
        writer.Byte((byte)Operation);
        writer.Text(Key);
        writer.Bytes(Value.Span);
        writer.Bytes(Expected.Span);
        return writer.Written.ToArray();
    }

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <returns><see langword="null"/> when the bytes are no command.</returns>
    public static KvCommand? Decode(ReadOnlyMemory<byte> bytes)
    {
        var reader = new FieldReader(bytes);
        var command = new KvCommand(reader.Guid(), reader.UInt64(), (KvOperation)reader.Byte(), reader.Text(), reader.Bytes(), reader.Bytes());
        return reader.IsComplete && command.Operation is >= KvOperation.Put and <= KvOperation.Swap ? command : null;
    }
}
