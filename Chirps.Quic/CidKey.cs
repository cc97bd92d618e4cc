using System.Runtime.InteropServices;
using Chirps.Quic.Native;

namespace Chirps.Quic;

/// <summary>A connection id as a dictionary key.</summary>
internal readonly record struct CidKey
{
    private readonly ulong _first;
    private readonly ulong _second;
    private readonly uint _third;
    private readonly byte _length;

    public CidKey(ReadOnlySpan<byte> id)
    {
        if (id.Length == ConnectionIds.Length)
        {
            _first = MemoryMarshal.Read<ulong>(id); // ours, the usual case
        }
        else
        {
            Span<byte> padded = stackalloc byte[NgCid.LengthMax];
            padded.Clear();
            id.CopyTo(padded);
            _first = MemoryMarshal.Read<ulong>(padded);
            _second = MemoryMarshal.Read<ulong>(padded[8..]);
            _third = MemoryMarshal.Read<uint>(padded[16..]);
        }

        _length = (byte)id.Length;
    }
}
