using System.Runtime.InteropServices;

namespace Chirps.Iggy.Embedded.Log;

/// <summary>A directory of the real file system, made (for its owner only) when it does not exist.</summary>
internal sealed partial class DiskDirectory : ILogDirectory
{
    private const string Libc = "libc";
    private const int ReadOnlyDirectory = 0x10000;
    private const int CloseOnExec = 0x80000;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _path;

    public DiskDirectory(string path)
    {
        _path = Path.GetFullPath(path);
        Make(_path);
    }

    public IReadOnlyList<string> Files() => [.. Directory.EnumerateFiles(_path).Select(file => Path.GetFileName(file))];

    public ILogFile Create(string name) => Open(name, FileMode.CreateNew);

    public ILogFile Open(string name) => Open(name, FileMode.Open);

    public void Delete(string name) => File.Delete(Path.Combine(_path, name));

    public void Rename(string from, string to) => File.Move(Path.Combine(_path, from), Path.Combine(_path, to), overwrite: true);

    public void Sync() => Sync(_path);

    /// <summary>Removes a directory with all that is in it; the name is gone from stable storage when this returns.</summary>
    public static void Remove(string path)
    {
        var full = Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            Directory.Delete(full, recursive: true);
            Sync(Path.GetDirectoryName(full)!);
        }
    }

    /// <summary>Makes a directory and those above it, each name on stable storage.</summary>
    private static void Make(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        var parent = Path.GetDirectoryName(path)!;
        Make(parent);
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, OwnerOnly);
        }

        Sync(parent);
    }

    private static void Sync(string path)
    {
        // Elsewhere a directory cannot be opened as a file (Windows), or syncing one is no promise.
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        // .NET refuses to open directories.
        var descriptor = OpenPath(path, ReadOnlyDirectory | CloseOnExec);
        var error = descriptor < 0 || SyncAll(descriptor) != 0 ? Marshal.GetLastPInvokeError() : 0;
        if (descriptor >= 0)
        {
            _ = Close(descriptor);
        }

        if (error != 0)
        {
            throw new IOException($"The directory {path} cannot be written to stable storage: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
    }

    private DiskFile Open(string name, FileMode mode)
        => new(File.OpenHandle(Path.Combine(_path, name), mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete));

    [LibraryImport(Libc, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenPath(string path, int flags);

    [LibraryImport(Libc, EntryPoint = "fsync", SetLastError = true)]
    private static partial int SyncAll(int descriptor);

    [LibraryImport(Libc, EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
