using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace RaftKv.Storage;

/// <summary>Stable storage: of a file's bytes, and of the names in a directory.</summary>
internal static partial class DiskSync
{
    private const string Libc = "libc";
    private const int ReadOnlyDirectory = 0x10000;
    private const int CloseOnExec = 0x80000;

    /// <summary>Returns when everything written to a file is on stable storage.</summary>
    /// <exception cref="IOException">It may not be, and a later success would not say that it is.</exception>
    public static void File(SafeFileHandle file) => RandomAccess.FlushToDisk(file);

    /// <summary>Makes a directory with all above it that are missing; their names are on stable storage when this returns.</summary>
    /// <exception cref="IOException">They may not be.</exception>
    public static void MakeDirectory(string path)
    {
        var missing = new Stack<string>();
        for (var part = Path.GetFullPath(path); !System.IO.Directory.Exists(part); part = Path.GetDirectoryName(part)!)
        {
            missing.Push(part);
        }

        while (missing.TryPop(out var part))
        {
            System.IO.Directory.CreateDirectory(part);
            Directory(Path.GetDirectoryName(part)!);
        }
    }

    /// <summary>Returns when the names in a directory are on stable storage. Only Linux promises that.</summary>
    /// <exception cref="IOException">They may not be.</exception>
    public static void Directory(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var descriptor = OpenPath(path, ReadOnlyDirectory | CloseOnExec);
        var failed = descriptor < 0 || SyncAll(descriptor) != 0;
        if (descriptor >= 0)
        {
            _ = Close(descriptor);
        }

        if (failed)
        {
            throw new IOException($"The directory {path} cannot be written to stable storage.");
        }
    }

    [LibraryImport(Libc, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenPath(string path, int flags);

    [LibraryImport(Libc, EntryPoint = "fsync", SetLastError = true)]
    private static partial int SyncAll(int descriptor);

    [LibraryImport(Libc, EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
