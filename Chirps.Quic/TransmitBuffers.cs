using System.Runtime.InteropServices;

namespace Chirps.Quic;

/// <summary>Buffers in which a group of packets is put together. Any thread.</summary>
internal sealed unsafe class TransmitBuffers : IDisposable
{
    /// <summary>Size of one buffer: a whole group and the largest packet.</summary>
    public const int BufferSize = 2 * 65536;

    /// <summary>As many as threads usually send at a time; more are allocated and freed again.</summary>
    private const int Kept = 4;

    private readonly nint[] _spare = new nint[Kept];

    public byte* Rent()
    {
        for (var i = 0; i < Kept; i++)
        {
            if (Volatile.Read(ref _spare[i]) != 0)
            {
                var buffer = Interlocked.Exchange(ref _spare[i], 0);
                if (buffer != 0)
                {
                    return (byte*)buffer;
                }
            }
        }

        return (byte*)NativeMemory.AlignedAlloc(BufferSize, 64);
    }

    public void Return(byte* buffer)
    {
        for (var i = 0; i < Kept; i++)
        {
            if (Interlocked.CompareExchange(ref _spare[i], (nint)buffer, 0) == 0)
            {
                return;
            }
        }

        NativeMemory.AlignedFree(buffer);
    }

    public void Dispose()
    {
        for (var i = 0; i < Kept; i++)
        {
            NativeMemory.AlignedFree((void*)Interlocked.Exchange(ref _spare[i], 0));
        }
    }
}
