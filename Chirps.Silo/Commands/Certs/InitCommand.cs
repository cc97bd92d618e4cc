using System.CommandLine;
using Chirps.Node.Credentials;

namespace Chirps.Silo.Commands.Certs;

/// <summary>Makes an authority.</summary>
internal static class InitCommand
{
    /// <summary>How long an authority is valid when nothing else is asked: ten years.</summary>
    public const int DefaultDays = 3650;

    public static Command Make(Option<string> directory, Option<bool> json)
    {
        var name = new Option<string>("--name") { Description = "Common name of the authority", DefaultValueFactory = _ => AuthorityStore.DefaultName };
        name.Validators.Add(CertsCommand.CheckName);
        var days = CertsCommand.Days("--days", $"How long it is valid (default: {DefaultDays})");
        var force = new Option<bool>("--force") { Description = "Overwrite an authority that is there: nothing it issued can be used any more" };
        var command = new Command("init", "Make an authority") { name, days, force };
        command.SetAction(parsed => CertsCommand.Run(parsed, output =>
        {
            var path = parsed.GetRequiredValue(directory);
            AuthorityStore.Create(path, parsed.GetRequiredValue(name), TimeSpan.FromDays(parsed.GetValue(days) ?? DefaultDays), parsed.GetValue(force));
            var (authority, key) = (Path.Combine(path, "ca.crt"), Path.Combine(path, "ca.key"));
            if (parsed.GetValue(json))
            {
                CertsCommand.WriteJson(output, new { name = parsed.GetRequiredValue(name), caPath = authority, caKeyPath = key });
                return;
            }

            output.WriteLine($"{authority}  the authority: each node needs it (Chirps:Tls:CaPath)");
            output.WriteLine($"{key}  its key: keep it here, readable by you alone; who has it can join as any node");
            output.WriteLine("Next: chirps certs issue <node>...");
        }));
        return command;
    }
}
