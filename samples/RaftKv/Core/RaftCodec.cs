namespace RaftKv.Core;

/// <summary>Messages between replicas as bytes. Whatever bytes a peer sends, reading never throws.</summary>
internal static class RaftCodec
{
    private const byte RefusedFlag = 1;

    public static void Write(FieldWriter writer, RaftMessage message)
    {
        writer.Byte((byte)message.Kind);
        writer.Byte(message.Refused ? RefusedFlag : default);
        writer.UInt64(message.Term);
        writer.UInt64(message.Index);
        writer.UInt64(message.LogTerm);
        writer.UInt64(message.Commit);
        writer.UInt64(message.Round);
        writer.UInt64(message.Hint);
        writer.Bytes(message.Configuration?.Encode() ?? []);
        writer.Int32(message.Entries.Count);
        foreach (var entry in message.Entries)
        {
            writer.UInt64(entry.Term);
            writer.Byte((byte)entry.Kind);
            writer.Bytes(entry.Data.Span);
        }
    }

    /// <summary>Reads a message. The data of its entries stay views of the bytes.</summary>
    /// <returns>Whether the bytes are a message.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out RaftMessage message)
    {
        var reader = new FieldReader(bytes);
        var (kind, flags) = ((MessageKind)reader.Byte(), reader.Byte());
        message = new RaftMessage(kind, reader.UInt64())
        {
            Refused = flags == RefusedFlag,
            Index = reader.UInt64(),
            LogTerm = reader.UInt64(),
            Commit = reader.UInt64(),
            Round = reader.UInt64(),
            Hint = reader.UInt64(),
        };
        var voters = reader.Bytes();
        var count = reader.Int32();
        if (!reader.IsIntact || kind > MessageKind.Snapshot || flags > RefusedFlag || count < 0 || !Configuration.TryDecode(voters.Span, out var configuration))
        {
            return false;
        }

        var entries = new List<LogEntry>();
        for (var term = message.LogTerm; entries.Count < count && reader.IsIntact;)
        {
            var entry = new LogEntry(reader.UInt64(), message.Index + (ulong)entries.Count + 1, (EntryKind)reader.Byte(), reader.Bytes());
            if (entry.Term < term || entry.Term > message.Term || entry.Kind > EntryKind.Configuration)
            {
                return false; // terms only grow in a log
            }

            term = entry.Term;
            entries.Add(entry);
        }

        // Indexes and terms of a peer's making must not wrap around.
        message = message with { Entries = entries, Configuration = kind == MessageKind.Snapshot ? configuration : null };
        return reader.IsComplete && message.Index < ulong.MaxValue / 2 && message.Term < ulong.MaxValue / 2;
    }
}
