using Chirps.Engine.Time;
using Chirps.Iggy.Embedded.Log;

namespace Chirps.Tests.Iggy.Embedded;

/// <summary>A file of a <see cref="FaultyDirectory"/>.</summary>
internal sealed class FaultyFile(FaultyDirectory directory) : ILogFile
{
    private const int SectorBytes = 512;

    private byte[] _bytes = [];
    private byte[] _durable = [];
    private (int From, int To) _lost;

    public long Length => _bytes.Length;

    public void Write(ReadOnlySpan<byte> bytes, long position)
    {
        lock (directory)
        {
            // A full disk takes what still fits.
            var count = (int)Math.Min(bytes.Length, Math.Max(0, directory.Room));
            directory.Room -= count;
            if (position + count > _bytes.Length)
            {
                Array.Resize(ref _bytes, (int)position + count);
            }

            bytes[..count].CopyTo(_bytes.AsSpan((int)position));
            ForgetLossFrom(position);
            if (count < bytes.Length)
            {
                throw new DiskFullException();
            }
        }
    }

    public int Read(Span<byte> bytes, long position)
    {
        lock (directory)
        {
            var count = (int)Math.Clamp(_bytes.Length - position, 0, bytes.Length);
            _bytes.AsSpan((int)Math.Min(position, _bytes.Length), count).CopyTo(bytes);
            return count;
        }
    }

    public void Sync()
    {
        lock (directory)
        {
            directory.Syncs++;
            if (directory.FailingSyncs > 0)
            {
                // As Linux does: what could not be written counts as written from now on, and is not on the disk.
                directory.FailingSyncs--;
                _lost = (_durable.Length, _bytes.Length);
                throw new IOException("The disk does not answer.");
            }

            _durable = [.. _bytes];
            _durable.AsSpan(_lost.From, Math.Max(0, Math.Min(_lost.To, _durable.Length) - _lost.From)).Clear();
        }
    }

    public void Truncate(long length)
    {
        lock (directory)
        {
            if (directory.FailsToTruncate)
            {
                throw new IOException("The disk does not answer.");
            }

            Array.Resize(ref _bytes, (int)length);
            ForgetLossFrom(length);
        }
    }

    public void Dispose()
    {
    }

    /// <summary>Turns one bit over, on stable storage too.</summary>
    public void FlipBit(long position, int bit)
    {
        _bytes[position] ^= (byte)(1 << bit);
        if (position < _durable.Length)
        {
            _durable[position] ^= (byte)(1 << bit);
        }
    }

    public void LosePower(SeededRandom random)
    {
        var length = Math.Min(_durable.Length, _bytes.Length) + random.Next(Math.Abs(_bytes.Length - _durable.Length) + 1);
        var left = new byte[length];
        for (var at = 0; at < length; at += SectorBytes)
        {
            var source = random.Next(2) == 0 ? _bytes : _durable;
            var count = Math.Clamp(source.Length - at, 0, Math.Min(SectorBytes, length - at));
            source.AsSpan(Math.Min(at, source.Length), count).CopyTo(left.AsSpan(at));
        }

        _bytes = left;
        _durable = [.. left];
        _lost = default;
    }

    /// <summary>What is written again, the disk is given again.</summary>
    private void ForgetLossFrom(long position) => _lost.To = (int)Math.Max(_lost.From, Math.Min(_lost.To, position));
}
