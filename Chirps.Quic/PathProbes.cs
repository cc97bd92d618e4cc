using System.Runtime.InteropServices;

namespace Chirps.Quic;

/// <summary>UDP payloads that a connection tries on its path, in this order, those above its limit left out.</summary>
/// <remarks>Made once and never freed: ngtcp2 reads it while connections live.</remarks>
internal static unsafe class PathProbes
{
    /// <summary>Ethernet with IPv6, then the packets of 9,001 to 8,500 bytes of clouds and switches, then what is left by tunnels.</summary>
    private static readonly ushort[] _payloads = [1452, 8952, 8848, 8452, 1392, 1332, 1272];

    public static readonly ushort* List = Copy();

    public static nuint Count => (nuint)_payloads.Length;

    private static ushort* Copy()
    {
        var list = (ushort*)NativeMemory.Alloc((nuint)_payloads.Length, sizeof(ushort));
        _payloads.CopyTo(new Span<ushort>(list, _payloads.Length));
        return list;
    }
}
