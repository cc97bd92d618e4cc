namespace Chirps.Iggy.Embedded.Log;

/// <summary>One file of a log: the seam behind which tests tear writes and fill disks.</summary>
/// <remarks>One writer; any number of readers beside it, of what was written before.</remarks>
internal interface ILogFile : IDisposable
{
    /// <summary>Size in bytes.</summary>
    long Length { get; }

    /// <summary>Writes all of the bytes at a position.</summary>
    /// <exception cref="DiskFullException">No room; a part of the bytes may have been written.</exception>
    /// <exception cref="IOException">Failed; a part of the bytes may have been written.</exception>
    void Write(ReadOnlySpan<byte> bytes, long position);

    /// <summary>Reads as many bytes as there are, at most the length of the span.</summary>
    /// <returns>How many; fewer than asked only at the end of the file.</returns>
    int Read(Span<byte> bytes, long position);

    /// <summary>Returns when everything written, and the size, is on stable storage.</summary>
    /// <exception cref="IOException">It may not be, and a later success of this method would not say that it is.</exception>
    void Sync();

    /// <summary>Cuts the end off.</summary>
    void Truncate(long length);
}
