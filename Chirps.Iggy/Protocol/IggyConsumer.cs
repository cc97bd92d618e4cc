namespace Chirps.Iggy.Protocol;

/// <summary>Whose position in a partition is meant: a consumer by itself, or a consumer group.</summary>
public readonly record struct IggyConsumer
{
    private const byte SingleKind = 1;
    private const byte GroupKind = 2;

    private IggyConsumer(bool isGroup, IggyIdentifier id)
    {
        IsGroup = isGroup;
        Id = id;
    }

    /// <summary>Whether it is a consumer group.</summary>
    public bool IsGroup { get; }

    /// <summary>Which consumer or group.</summary>
    public IggyIdentifier Id { get; }

    /// <summary>A consumer by itself. It exists by being named: the server keeps one offset for each name and partition.</summary>
    public static IggyConsumer Of(IggyIdentifier id) => new(isGroup: false, id);

    /// <summary>A consumer group, which must have been created, and joined before it polls.</summary>
    public static IggyConsumer Group(IggyIdentifier id) => new(isGroup: true, id);

    /// <summary>What and which.</summary>
    public override string ToString() => $"{(IsGroup ? "group" : "consumer")} {Id}";

    internal void Write(WireBuffer buffer)
    {
        buffer.WriteByte(IsGroup ? GroupKind : SingleKind);
        Id.Write(buffer);
    }

    internal static bool TryRead(ref WireReader reader, out IggyConsumer consumer)
    {
        consumer = default;
        if (!reader.TryReadByte(out var kind) || kind is not (SingleKind or GroupKind) || !IggyIdentifier.TryRead(ref reader, out var id))
        {
            return false;
        }

        consumer = new IggyConsumer(kind == GroupKind, id);
        return true;
    }
}
