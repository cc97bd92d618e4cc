using System.Runtime.InteropServices;

namespace Chirps.Quic;

/// <summary>Native 16 KiB blocks for stream data, which must stay put until it is acknowledged. Any thread.</summary>
internal sealed unsafe class BlockPool : IDisposable
{
    public const int BlockSize = 16384;

    /// <summary>Free blocks kept for reuse: 16 MiB.</summary>
    private const int FreeMax = 1024;

    private readonly Lock _lock = new();
    private byte* _free;
    private int _freeCount;
    private bool _disposed;

    public byte* Rent()
    {
        lock (_lock)
        {
            if (_free != null)
            {
                var block = _free;
                _free = *(byte**)block;
                _freeCount--;
                return block;
            }
        }

        return (byte*)NativeMemory.Alloc(BlockSize);
    }

    public void Return(byte* block)
    {
        lock (_lock)
        {
            if (!_disposed && _freeCount < FreeMax)
            {
                *(byte**)block = _free; // a free block holds the link to the next
                _free = block;
                _freeCount++;
                return;
            }
        }

        NativeMemory.Free(block);
    }

    /// <summary>Frees what is free; blocks still rented are freed when they come back.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            while (_free != null)
            {
                var block = _free;
                _free = *(byte**)block;
                NativeMemory.Free(block);
            }

            _freeCount = 0;
        }
    }
}
