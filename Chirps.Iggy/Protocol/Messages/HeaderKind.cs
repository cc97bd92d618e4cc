namespace Chirps.Iggy.Protocol.Messages;

/// <summary>What the bytes of a user header's key or value mean. Kinds above the ones known here are passed through.</summary>
public enum HeaderKind : byte
{
    /// <summary>Bytes.</summary>
    Raw = 1,

    /// <summary>UTF-8.</summary>
    Text = 2,

    /// <summary>One byte, 0 or 1.</summary>
    Boolean = 3,

    /// <summary>Signed, 8 bits.</summary>
    Signed8 = 4,

    /// <summary>Signed, 16 bits.</summary>
    Signed16 = 5,

    /// <summary>Signed, 32 bits.</summary>
    Signed32 = 6,

    /// <summary>Signed, 64 bits.</summary>
    Signed64 = 7,

    /// <summary>Signed, 128 bits.</summary>
    Signed128 = 8,

    /// <summary>Unsigned, 8 bits.</summary>
    Unsigned8 = 9,

    /// <summary>Unsigned, 16 bits.</summary>
    Unsigned16 = 10,

    /// <summary>Unsigned, 32 bits.</summary>
    Unsigned32 = 11,

    /// <summary>Unsigned, 64 bits.</summary>
    Unsigned64 = 12,

    /// <summary>Unsigned, 128 bits.</summary>
    Unsigned128 = 13,

    /// <summary>A floating-point number of 32 bits.</summary>
    Floating32 = 14,

    /// <summary>A floating-point number of 64 bits.</summary>
    Floating64 = 15,
}
