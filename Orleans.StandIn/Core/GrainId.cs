namespace Orleans.Runtime;

/// <summary>The key part of an identity.</summary>
[GenerateSerializer, Immutable]
public readonly record struct IdSpan(string Value)
{
    public static IdSpan Create(string id) => new(id);

    public override string ToString() => Value ?? "";
}

[GenerateSerializer, Immutable]
public readonly record struct GrainType(string Value)
{
    public static GrainType Create(string value) => new(value);

    public override string ToString() => Value ?? "";
}

[GenerateSerializer, Immutable]
public readonly record struct GrainInterfaceType(string Value)
{
    public static GrainInterfaceType Create(string value) => new(value);

    public override string ToString() => Value ?? "";
}

/// <summary>The identity of a grain, written <c>type/key</c>.</summary>
[GenerateSerializer, Immutable]
public readonly record struct GrainId(GrainType Type, IdSpan Key)
{
    public static GrainId Create(GrainType type, IdSpan key) => new(type, key);

    public static GrainId Create(GrainType type, string key) => new(type, IdSpan.Create(key));

    public static GrainId Create(string type, string key) => new(GrainType.Create(type), IdSpan.Create(key));

    public static GrainId Parse(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var slash = value.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 ? Create(value[..slash], value[(slash + 1)..]) : throw new ArgumentException($"Unable to parse \"{value}\" as a grain id");
    }

    public override string ToString() => $"{Type}/{Key}";
}

[GenerateSerializer, Immutable]
public readonly record struct ActivationId(Guid Key)
{
    public static ActivationId NewId() => new(Guid.NewGuid());

    public override string ToString() => $"@{Key:N}";
}
