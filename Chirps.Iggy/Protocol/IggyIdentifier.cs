using System.Globalization;
using System.Text;

namespace Chirps.Iggy.Protocol;

/// <summary>
/// Names a stream, topic, group, consumer or user: by number or by name. The number 1 and the name "1" are different things.
/// The default value is number 0.
/// </summary>
public readonly record struct IggyIdentifier
{
    private const byte NumericKind = 1;
    private const byte NameKind = 2;

    private readonly uint _number;

    /// <summary>Names something by its number.</summary>
    /// <param name="number">The number; the first one is 0.</param>
    public IggyIdentifier(uint number) => _number = number;

    /// <summary>Names something by its name.</summary>
    /// <param name="name">1 to 255 bytes of UTF-8.</param>
    /// <exception cref="ArgumentException">The name is empty or too long.</exception>
    public IggyIdentifier(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Encoding.UTF8.GetByteCount(name) is 0 or > IggyLimits.NameBytesMax)
        {
            throw new ArgumentException($"A name has 1 to {IggyLimits.NameBytesMax} bytes of UTF-8.", nameof(name));
        }

        Name = name;
    }

    /// <summary>The name, or <see langword="null"/> when it is a number.</summary>
    public string? Name { get; }

    /// <summary>The number. 0, and without meaning, when there is a <see cref="Name"/>.</summary>
    public uint Number => _number;

    /// <summary>Names something by its number.</summary>
    public static implicit operator IggyIdentifier(uint number) => new(number);

    /// <summary>Names something by its name.</summary>
    public static implicit operator IggyIdentifier(string name) => new(name);

    /// <summary>The name in quotation marks, or the number.</summary>
    public override string ToString() => Name is null ? _number.ToString(CultureInfo.InvariantCulture) : $"\"{Name}\"";

    internal void Write(WireBuffer buffer)
    {
        if (Name is not null)
        {
            buffer.WriteByte(NameKind);
            buffer.WriteName(Name);
            return;
        }

        buffer.WriteByte(NumericKind);
        buffer.WriteByte(sizeof(uint));
        buffer.WriteUInt32(_number);
    }

    internal static bool TryRead(ref WireReader reader, out IggyIdentifier identifier)
    {
        identifier = default;
        if (!reader.TryReadByte(out var kind))
        {
            return false;
        }

        if (kind == NameKind && reader.TryReadName(out var name))
        {
            identifier = new IggyIdentifier(name);
            return true;
        }

        if (kind != NumericKind || !reader.TryReadByte(out var length) || length != sizeof(uint) || !reader.TryReadUInt32(out var number))
        {
            return false;
        }

        identifier = new IggyIdentifier(number);
        return true;
    }
}
