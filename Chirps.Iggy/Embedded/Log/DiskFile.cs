using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Chirps.Iggy.Embedded.Log;

/// <summary>A file of the real file system.</summary>
internal sealed partial class DiskFile(SafeFileHandle handle) : ILogFile
{
    private const string Libc = "libc";
    private const int NoSpace = 28;
    private const int QuotaUsedUp = 122;
    private const int Interrupted = 4;
    private const int WindowsDiskFull = unchecked((int)0x80070070);

    public long Length => RandomAccess.GetLength(handle);

    public void Write(ReadOnlySpan<byte> bytes, long position)
    {
        try
        {
            RandomAccess.Write(handle, bytes, position);
        }
        catch (IOException exception) when (exception.HResult is NoSpace or QuotaUsedUp or WindowsDiskFull)
        {
            throw new DiskFullException(exception);
        }
    }

    public int Read(Span<byte> bytes, long position)
    {
        var total = 0;
        while (total < bytes.Length)
        {
            var read = RandomAccess.Read(handle, bytes[total..], position + total);
            if (read == 0)
            {
                break;
            }

            total += read;
        }

        return total;
    }

    public void Sync()
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(handle);
            return;
        }

        // fdatasync leaves out the time of change, and with it a write of the file system's own journal; .NET only knows fsync.
        var held = false;
        try
        {
            handle.DangerousAddRef(ref held);
            Check((int)handle.DangerousGetHandle());
        }
        finally
        {
            if (held)
            {
                handle.DangerousRelease();
            }
        }
    }

    public void Truncate(long length) => RandomAccess.SetLength(handle, length);

    public void Dispose() => handle.Dispose();

    private static void Check(int descriptor)
    {
        while (SyncData(descriptor) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error == Interrupted)
            {
                continue;
            }

            var failure = new IOException($"fdatasync failed: {Marshal.GetPInvokeErrorMessage(error)}", error);
            throw error is NoSpace or QuotaUsedUp ? new DiskFullException(failure) : failure;
        }
    }

    [LibraryImport(Libc, EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int SyncData(int descriptor);
}
