using System.Globalization;

namespace Chirps.Silo.Commands.Display;

/// <summary>Numbers, times and sizes as people read them; always the same, whatever the language of the system.</summary>
internal static class Plain
{
    /// <summary><c>0.42 ms</c>, <c>12.3 ms</c>, <c>1.5 s</c>.</summary>
    public static string Milliseconds(double? milliseconds) => milliseconds switch
    {
        null => "-",
        < 10 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0.00} ms"),
        < 1000 => string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0.0} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000:0.0} s"),
    };

    /// <summary>How long ago, in the two largest units: <c>4s</c>, <c>2m31s</c>, <c>3h05m</c>, <c>12d04h</c>.</summary>
    public static string Age(TimeSpan age) => age switch
    {
        { TotalSeconds: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, (int)age.TotalSeconds)}s"),
        { TotalMinutes: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalMinutes}m{age.Seconds:00}s"),
        { TotalHours: < 24 } => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalHours}h{age.Minutes:00}m"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)age.TotalDays}d{age.Hours:00}h"),
    };

    /// <summary>The time of day here, to the millisecond.</summary>
    public static string Clock(DateTimeOffset at) => at.ToLocalTime().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);

    /// <summary><c>512 B</c>, <c>3.4 KiB</c>, <c>1.2 GiB</c>.</summary>
    public static string Bytes(long bytes)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB"];
        var unit = 0;
        double value = bytes;
        while (value >= 1024 && unit < units.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        return unit == 0 ? $"{bytes} B" : string.Create(CultureInfo.InvariantCulture, $"{value:0.0} {units[unit]}");
    }

    /// <summary>Digits in groups of three.</summary>
    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A text that others chose, as one line: what a terminal could take for a command is left out.</summary>
    public static string Line(string text) => text.Any(char.IsControl) ? string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter)) : text;

    /// <summary>A payload as one line.</summary>
    public static string Line(string? text, string base64) => text is null ? $"base64:{base64}" : Line(text);
}
