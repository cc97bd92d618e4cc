namespace RaftKv.Kv;

/// <summary>
/// The state machine of a group: keys, values, and for each client its last command with the result, so that a command that was sent again is answered
/// and not done again (Ongaro's dissertation, section 6.3). Equal on every replica that applied as many entries.
/// </summary>
internal sealed class KvState
{
    /// <summary>Clients remembered. One that was silent while so many others wrote, and then repeats a command, does it twice.</summary>
    public const int SessionsMax = 10_000;

    private const uint Magic = 0x31564b52;

    private readonly Dictionary<string, ReadOnlyMemory<byte>> _values;
    private readonly Dictionary<Guid, LinkedListNode<Session>> _sessions = [];
    private readonly LinkedList<Session> _byUse = [];

    public KvState()
        : this([], [])
    {
    }

    private KvState(Dictionary<string, ReadOnlyMemory<byte>> values, IEnumerable<Session> sessions)
    {
        _values = values;
        foreach (var session in sessions)
        {
            _sessions[session.Client] = _byUse.AddLast(session);
        }
    }

    public int Count => _values.Count;

    /// <summary>Bytes of all values.</summary>
    public long ValueBytes { get; private set; }

    /// <summary>The value of a key; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Get(string key) => _values.GetValueOrDefault(key);

    /// <summary>Applies a command, once.</summary>
    public KvResult Apply(ReadOnlyMemory<byte> data)
    {
        if (KvCommand.Decode(data) is not { } command)
        {
            return KvResult.Malformed;
        }

        if (command.Sequence == 0)
        {
            return Execute(command);
        }

        if (_sessions.TryGetValue(command.Client, out var node))
        {
            if (command.Sequence <= node.Value.Sequence)
            {
                return command.Sequence == node.Value.Sequence ? node.Value.Result : KvResult.Stale;
            }

            _byUse.Remove(node);
        }
        else if (_sessions.Count == SessionsMax)
        {
            _sessions.Remove(_byUse.First!.Value.Client);
            _byUse.RemoveFirst();
        }

        var result = Execute(command);
        _sessions[command.Client] = _byUse.AddLast(new Session(command.Client, command.Sequence, result));
        return result;
    }

    /// <summary>The state as it is now, for a snapshot that is written while this one goes on. Values are shared: they never change.</summary>
    public KvState Copy() => new(new Dictionary<string, ReadOnlyMemory<byte>>(_values), _byUse) { ValueBytes = ValueBytes };

    /// <summary>Writes everything in parts of about a mebibyte.</summary>
    public void Write(Action<ReadOnlyMemory<byte>> part)
    {
        var writer = new FieldWriter();
        writer.Int32(unchecked((int)Magic));
        writer.Int32(_values.Count);
        writer.Int32(_byUse.Count);
        foreach (var (key, value) in _values)
        {
            writer.Text(key);
            writer.Bytes(value.Span);
            Pass(writer, part, 1 << 20);
        }

        foreach (var session in _byUse)
        {
            writer.Guid(session.Client);
            writer.UInt64(session.Sequence);
            writer.Byte((byte)session.Result);
            Pass(writer, part, 1 << 20);
        }

        Pass(writer, part, 0);
    }

    /// <summary>Reads what <see cref="Write"/> wrote. Values stay views of the bytes.</summary>
    /// <returns><see langword="null"/> when the bytes are no state.</returns>
    public static KvState? Read(ReadOnlyMemory<byte> bytes)
    {
        var reader = new FieldReader(bytes);
        var magic = reader.UInt32();
        var (values, sessions) = (reader.Int32(), reader.Int32());
        var state = new KvState();
        for (; values > 0 && reader.IsIntact; values--)
        {
            state.Set(reader.Text(), reader.Bytes());
        }

        for (; sessions > 0 && reader.IsIntact; sessions--)
        {
            var session = new Session(reader.Guid(), reader.UInt64(), (KvResult)reader.Byte());
            state._sessions[session.Client] = state._byUse.AddLast(session);
        }

        return reader.IsComplete && magic == Magic && values == 0 && sessions == 0 ? state : null;
    }

    private static void Pass(FieldWriter writer, Action<ReadOnlyMemory<byte>> part, int from)
    {
        if (writer.Length > from)
        {
            part(writer.Written);
            writer.Clear();
        }
    }

    private KvResult Execute(KvCommand command)
    {
        switch (command.Operation)
        {
            case KvOperation.Swap when !Get(command.Key).Span.SequenceEqual(command.Expected.Span):
                return KvResult.Unequal;
            case KvOperation.Delete:
                Set(command.Key, default);
                return KvResult.Done;
            default:
                Set(command.Key, command.Value.ToArray()); // a view would keep the whole message that brought it
                return KvResult.Done;
        }
    }

    private void Set(string key, ReadOnlyMemory<byte> value)
    {
        ValueBytes += value.Length - Get(key).Length;
        if (value.IsEmpty)
        {
            _values.Remove(key);
        }
        else
        {
            _values[key] = value;
        }
    }

    private readonly record struct Session(Guid Client, ulong Sequence, KvResult Result);
}
