using System.Runtime.InteropServices;

namespace Chirps.Quic;

/// <summary>UDP payloads that a connection tries on its path, in this order, those above its limit left out.</summary>
/// <remarks>Made once and never freed: ngtcp2 reads it while connections live.</remarks>
internal static unsafe class PathProbes
{
    /// <summary>Ethernet with IPv6, then ever larger packets up to those of 9,000 bytes, then what tunnels leave of Ethernet's.</summary>
    private static readonly ushort[] _payloads = [1452, 4096, 8192, 8952, 1392, 1332, 1272];

    public static readonly ushort* List = Copy();

    public static nuint Count => (nuint)_payloads.Length;

    private static ushort* Copy()
    {
        var list = (ushort*)NativeMemory.Alloc((nuint)_payloads.Length, sizeof(ushort));
        _payloads.CopyTo(new Span<ushort>(list, _payloads.Length));
        return list;
    }
}
