using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace RaftKv.Storage;

/// <summary>One file of the log.</summary>
/// <param name="Number">Files are read in the order of their numbers.</param>
/// <param name="Path">Where it is.</param>
internal sealed record LogSegment(long Number, string Path)
{
    private const string Extension = ".log";

    /// <summary>The last index of each group in it.</summary>
    public Dictionary<ulong, ulong> Last { get; } = [];

    public static LogSegment At(string directory, long number) => new(number, System.IO.Path.Combine(directory, number.ToString("D12", CultureInfo.InvariantCulture) + Extension));

    /// <summary>The files of a log, oldest first. Others in the directory are passed over.</summary>
    public static IEnumerable<LogSegment> All(string directory) => Directory.EnumerateFiles(directory, $"*{Extension}")
        .Select(path => (Path: path, IsOurs: long.TryParse(System.IO.Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number), Number: number))
        .Where(file => file.IsOurs)
        .Select(file => new LogSegment(file.Number, file.Path))
        .OrderBy(segment => segment.Number);

    public SafeFileHandle Open(FileMode mode) => File.OpenHandle(Path, mode, FileAccess.ReadWrite, FileShare.Read);

    /// <summary>An entry of a group is in it.</summary>
    public void Saw(ulong group, ulong index) => Last[group] = Math.Max(Last.GetValueOrDefault(group), index);
}
