using System.CommandLine;
using Chirps.Node.Credentials;

namespace Chirps.Silo.Commands.Certs;

/// <summary>Lists the certificates in a directory.</summary>
internal static class ShowCommand
{
    public static Command Make(Option<string> directory, Option<bool> json)
    {
        var command = new Command("show", "List authorities and certificates");
        command.SetAction(parsed => CertsCommand.Run(parsed, output =>
        {
            var report = AuthorityStore.Inspect(parsed.GetRequiredValue(directory));
            var now = DateTimeOffset.UtcNow;
            if (parsed.GetValue(json))
            {
                CertsCommand.WriteJson(output, Describe(report, now));
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
