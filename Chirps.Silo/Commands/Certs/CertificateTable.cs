using System.Globalization;
using Chirps.Node.Credentials;
using Spectre.Console;

namespace Chirps.Silo.Commands.Certs;

/// <summary>Certificates for people. A warning is a mark and words; the colour only helps.</summary>
internal static class CertificateTable
{
    /// <summary>Stands in front of each warning.</summary>
    public const string WarningMark = "(!)";

    private const int RedirectedWidth = 200;

    /// <summary>Whole days until it expires; below zero once it has.</summary>
    public static int DaysLeft(StoredCertificate certificate, DateTimeOffset now) => (int)Math.Floor((certificate.Until - now).TotalDays);

    public static void Print(TextWriter output, CertificateReport report, DateTimeOffset now)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (!console.Profile.Out.IsTerminal)
        {
            console.Profile.Width = RedirectedWidth;
        }

        console.Write(Render(report.Certificates, now));
        output.WriteLine(report.Stage switch
        {
            AuthorityStage.Announced => "The authority is being changed; stage 1 of 3 is done: both are trusted, the old one issues.",
            AuthorityStage.Issuing => "The authority is being changed; stage 2 of 3 is done: both are trusted, the new one issues.",
            AuthorityStage.Settled => "No change of the authority is under way.",
            _ => "The key of the authority is not kept here.",
        });
    }

    private static Table Render(IReadOnlyList<StoredCertificate> certificates, DateTimeOffset now)
    {
        var table = new Table().RoundedBorder().ShowRowSeparators().AddColumns("node", "cluster", "issuer", "valid, UTC", "days left", "serial, then SHA-256");
        table.Columns[4].RightAligned();
        foreach (var one in certificates)
        {
            var readable = one.Fingerprint.Length > 0;
            var name = one.IsAuthority ? $"{one.Name} (authority)" : one.Identity?.Node ?? one.File;
            table.AddRow(
                new Markup(string.Join('\n', [Markup.Escape(name), .. one.Warnings.Select(warning => $"[red]{WarningMark} {Markup.Escape(warning)}[/]")])),
                new Text(one.Identity?.Cluster ?? ""),
                new Text(one.Issuer),
                new Text(readable ? $"{Time(one.From)}\n{Time(one.Until)}" : ""),
                new Text(readable ? DaysLeft(one, now).ToString(CultureInfo.InvariantCulture) : ""),
                new Text(readable ? $"{one.Serial}\n{one.Fingerprint[..32]}\n{one.Fingerprint[32..]}" : ""));
        }

        return table;
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
