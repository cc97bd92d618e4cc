using System.Globalization;
using Chirps.Node.Credentials;
using Chirps.Silo.Commands.Display;

namespace Chirps.Silo.Commands.Certs;

/// <summary>Certificates for people. A warning is a mark and words; the colour only helps.</summary>
internal static class CertificateTable
{
    /// <summary>Stands in front of each warning.</summary>
    public const string WarningMark = "(!)";

    /// <summary>From this width on, a terminal shows what certificates are compared by.</summary>
    private const int Wide = 190;

    /// <summary>Whole days until it expires; below zero once it has.</summary>
    public static int DaysLeft(StoredCertificate certificate, DateTimeOffset now) => (int)Math.Floor((certificate.Until - now).TotalDays);

    public static void Print(TextWriter output, CertificateReport report, DateTimeOffset now)
    {
        var table = new TextTable(
            new("NODE"), new("CLUSTER"), new("ISSUER"), new("FROM, UTC"), new("UNTIL, UTC"), new("DAYS LEFT", IsNumber: true), new("SERIAL", WidthNeeded: Wide), new("SHA-256", WidthNeeded: Wide));
        foreach (var one in report.Certificates)
        {
            var readable = one.Fingerprint.Length > 0;
            table.Add(
                (Name(one), null),
                (one.Identity?.Cluster ?? "-", null),
                (one.Issuer, null),
                (readable ? Time(one.From) : "-", null),
                (readable ? Time(one.Until) : "-", null),
                (readable ? DaysLeft(one, now).ToString(CultureInfo.InvariantCulture) : "-", one.Warnings.Count > 0 ? "red" : null),
                (one.Serial, null),
                (one.Fingerprint, null));
        }

        table.Print(output);
        foreach (var (one, warning) in report.Certificates.SelectMany(one => one.Warnings.Select(warning => (one, warning))))
        {
            Terminal.WriteLine(output, "", WarningMark, "red", Plain.Line($" {Name(one)}: {warning}"));
        }

        output.WriteLine(report.Stage switch
        {
            AuthorityStage.Announced => "The authority is being changed; stage 1 of 3 is done: both are trusted, the old one issues.",
            AuthorityStage.Issuing => "The authority is being changed; stage 2 of 3 is done: both are trusted, the new one issues.",
            AuthorityStage.Settled => "No change of the authority is under way.",
            _ => "The key of the authority is not kept here.",
        });
    }

    private static string Name(StoredCertificate one) => one.IsAuthority ? $"{one.Name} (authority)" : one.Identity?.Node ?? one.File;

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
