using System.Text;

namespace Chirps.Node;

/// <summary>Writes small files as a whole or not at all: a reader sees the old content or the new, never a part.</summary>
internal static class AtomicFile
{
    /// <summary>Mode of a file that only its owner may read.</summary>
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Mode of a file that everybody may read.</summary>
    public const UnixFileMode Everybody = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Replaces the file by renaming a complete one over it; makes its directory when there is none.</summary>
    /// <exception cref="IOException">The directory cannot be written; the file is as it was.</exception>
    public static void Write(string path, string text, UnixFileMode mode)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);

        // One left behind by a process that was killed would keep its mode.
        var temporary = path + ".new";
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        using (var stream = new FileStream(temporary, options))
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }
}
