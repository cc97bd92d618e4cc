using System.Net;

namespace Chirps.Quic;

/// <summary>Counts the handshakes under way of each source: one that floods takes only a part of the places. Any thread.</summary>
/// <remarks>A source is an IPv4 address or the /64 of an IPv6 one, which is what one host commonly has.</remarks>
/// <param name="most">Handshakes one source may have under way.</param>
internal sealed class SourceLimit(int most)
{
    private const int Ipv6PrefixBytes = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, int> _underWay = [];

    /// <returns>False, with nothing counted, when the source has its share.</returns>
    public bool TryTake(IPAddress source)
    {
        var key = KeyOf(source);
        lock (_lock)
        {
            var count = _underWay.GetValueOrDefault(key);
            if (count >= most)
            {
                return false;
            }

            _underWay[key] = count + 1;
            return true;
        }
    }

    public void Return(IPAddress source)
    {
        var key = KeyOf(source);
        lock (_lock)
        {
            if (_underWay[key] == 1)
            {
                _underWay.Remove(key);
            }
            else
            {
                _underWay[key]--;
            }
        }
    }

    private static UInt128 KeyOf(IPAddress source)
    {
        Span<byte> bytes = stackalloc byte[16];
        source.TryWriteBytes(bytes, out var length);
        if (length == 16 && !source.IsIPv4MappedToIPv6)
        {
            bytes[Ipv6PrefixBytes..].Clear();
        }

        return System.Runtime.InteropServices.MemoryMarshal.Read<UInt128>(bytes);
    }
}
