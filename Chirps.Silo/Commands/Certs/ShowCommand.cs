using System.CommandLine;
using System.Text.Json;
using Chirps.Node.Credentials;

namespace Chirps.Silo.Commands.Certs;

/// <summary>Lists the certificates in a directory.</summary>
internal static class ShowCommand
{
    private static readonly JsonSerializerOptions _json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static Command Make(Option<string> directory)
    {
        var json = new Option<bool>("--json") { Description = "As JSON, for programs" };
        var command = new Command("show", "List authorities and certificates") { json };
        command.SetAction(parsed => CertsCommand.Run(parsed, output =>
        {
            var report = AuthorityStore.Inspect(parsed.GetRequiredValue(directory));
            var now = DateTimeOffset.UtcNow;
            if (parsed.GetValue(json))
            {
                output.WriteLine(JsonSerializer.Serialize(Describe(report, now), _json));
            }
            else
            {
                CertificateTable.Print(output, report, now);
            }
        }));
        return command;
    }

    private static object Describe(CertificateReport report, DateTimeOffset now) => new
    {
        stage = report.Stage?.ToString(),
        certificates = report.Certificates.Select(one => new
        {
            file = one.File,
            kind = one.IsAuthority ? "authority" : "node",
            name = one.Name,
            cluster = one.Identity?.Cluster,
            node = one.Identity?.Node,
            issuer = one.Issuer,
            serial = one.Serial,
            notBefore = one.From,
            notAfter = one.Until,
            daysLeft = CertificateTable.DaysLeft(one, now),
            sha256 = one.Fingerprint,
            dns = one.Extra.Dns,
            ip = one.Extra.Addresses.Select(address => address.ToString()),
            warnings = one.Warnings,
        }),
    };
}
