using System.Buffers;
using System.Globalization;

namespace Chirps.Node;

/// <summary>Durations and sizes as people write them.</summary>
public static class Quantities
{
    /// <summary>What a duration looks like, for messages.</summary>
    public const string DurationExample = "a duration, 250ms, 5s, 1m30s, 1h or 00:00:00.250 for example";

    private static readonly SearchValues<char> _digits = SearchValues.Create("0123456789.");
    private static readonly (string Unit, double Milliseconds)[] _durations = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];
    private static readonly (string Unit, long Bytes)[] _sizes = [("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("KB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("B", 1)];

    /// <summary>Reads <c>250ms</c>, <c>1.5s</c>, <c>1m30s</c>, <c>1h</c>, <c>2d</c>, or <c>hours:minutes:seconds.fraction</c>. A bare number has no unit and is none.</summary>
    public static bool TryParseDuration(string text, out TimeSpan duration)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Contains(':', StringComparison.Ordinal))
        {
            return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out duration);
        }

        duration = TimeSpan.Zero;
        double milliseconds = 0;
        var last = double.MaxValue;
        var rest = text.AsSpan().Trim();
        if (rest.IsEmpty)
        {
            return false;
        }

        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(_digits);
            if (digits < 1 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            rest = rest[digits..];
            var letters = rest.IndexOfAnyInRange('0', '9') is var next && next < 0 ? rest.Length : next;
            var unit = UnitOf(rest[..letters]);
            if (unit == 0 || unit >= last)
            {
                return false; // no unit, or not from the largest to the smallest
            }

            milliseconds += number * unit;
            last = unit;
            rest = rest[letters..];
        }

        if (milliseconds > TimeSpan.MaxValue.TotalMilliseconds / 2)
        {
            return false;
        }

        duration = TimeSpan.FromTicks((long)Math.Round(milliseconds * TimeSpan.TicksPerMillisecond));
        return true;
    }

    /// <summary>Reads a number of bytes: <c>65536</c>, <c>64KiB</c>, <c>4 MiB</c>, <c>1GB</c>.</summary>
    public static bool TryParseBytes(string text, out long bytes)
    {
        ArgumentNullException.ThrowIfNull(text);
        var trimmed = text.Trim();
        foreach (var (unit, factor) in _sizes)
        {
            if (trimmed.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
            {
                var isNumber = decimal.TryParse(trimmed[..^unit.Length].TrimEnd(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number);
                var product = isNumber && number <= long.MaxValue / factor ? number * factor : -1;
                bytes = product >= 0 && product == decimal.Truncate(product) ? (long)product : 0;
                return product >= 0 && product == decimal.Truncate(product);
            }
        }

        return long.TryParse(trimmed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out bytes);
    }

    /// <summary>The shortest way to write a duration that <see cref="TryParseDuration"/> reads.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration <= TimeSpan.Zero || duration.Ticks % TimeSpan.TicksPerMillisecond != 0)
        {
            return duration == TimeSpan.Zero ? "0s" : duration.ToString("c", CultureInfo.InvariantCulture);
        }

        if (duration < TimeSpan.FromSeconds(1) || duration.Milliseconds != 0)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{(long)duration.TotalMilliseconds}ms");
        }

        var parts = new[] { (duration.Days, "d"), (duration.Hours, "h"), (duration.Minutes, "m"), (duration.Seconds, "s") };
        return string.Concat(parts.Where(part => part.Item1 > 0).Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Item1}{part.Item2}")));
    }

    private static double UnitOf(ReadOnlySpan<char> text)
    {
        foreach (var (unit, milliseconds) in _durations)
        {
            if (text.Equals(unit, StringComparison.OrdinalIgnoreCase))
            {
                return milliseconds;
            }
        }

        return 0;
    }
}
