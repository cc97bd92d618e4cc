using System.Globalization;

namespace Chirps.Iggy.Embedded.Log;

/// <summary>One file of a partition's log: frames back to back, from a base offset on. The last one is written, the others are only read.</summary>
internal sealed class LogSegment(ulong baseOffset, ILogFile file, SparseIndex index, SegmentSummary summary) : IDisposable
{
    /// <summary>How the name of a segment ends.</summary>
    public const string Suffix = ".log";

    private const string IndexSuffix = ".index";

    /// <summary>Offset of its first message.</summary>
    public ulong BaseOffset => baseOffset;

    public ILogFile File => file;

    public SparseIndex Index => index;

    /// <summary>What it holds. Of the segment that is written, readers take the summary of their <see cref="LogView"/>.</summary>
    public SegmentSummary Summary { get; set; } = summary;

    public static string NameOf(ulong baseOffset) => baseOffset.ToString("D20", CultureInfo.InvariantCulture) + Suffix;

    public static string IndexNameOf(ulong baseOffset) => baseOffset.ToString("D20", CultureInfo.InvariantCulture) + IndexSuffix;

    /// <summary>The base offsets of the segments in a directory, ascending.</summary>
    public static List<ulong> BasesIn(ILogDirectory directory)
    {
        var bases = new List<ulong>();
        foreach (var name in directory.Files())
        {
            if (name.EndsWith(Suffix, StringComparison.Ordinal) && ulong.TryParse(name.AsSpan(0, name.Length - Suffix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var parsed))
            {
                bases.Add(parsed);
            }
        }

        bases.Sort();
        return bases;
    }

    public void Dispose() => file.Dispose();
}
