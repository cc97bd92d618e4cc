using System.CommandLine;
using System.Globalization;
using Chirps.Node;

namespace Chirps.Silo.Configuration;

/// <summary>Settings as they are typed: <c>--Chirps:Key=value</c>, short names for those that are typed often, and files.</summary>
/// <param name="Files">The files named with <c>--config</c>, in order.</param>
/// <param name="Values">Key and value of each setting.</param>
internal sealed record CommandLineSettings(IReadOnlyList<string> Files, IReadOnlyList<(string Key, string Value)> Values)
{
    private const string Config = "--config";
    private const string Seed = "--seed";

    private static readonly (string Name, string Key, string Help, string Value)[] _short =
    [
        ("--id", "Chirps:Mesh:NodeId", "Name of the node", "name"),
        ("--listen", "Chirps:Mesh:ListenAddress", "IP and UDP port of the mesh", "ip:port"),
        ("--advertise", "Chirps:Mesh:AdvertiseAddress", "Where the others reach it", "ip:port"),
        (Seed, "Chirps:Mesh:Seeds:Nodes", "A member to join through; may be repeated", "host:port"),
        ("--http", "Chirps:Silo:HttpAddress", "IP and port of HTTP", "ip:port"),
        ("--data", "Chirps:Mesh:DataDirectory", "Where the node keeps what survives a restart", Commands.Expectations.PathHelp),
        ("--log-level", "Logging:LogLevel:Default", "Trace, Debug, Information, Warning, Error", "level"),
    ];

    /// <summary>Gives a command the options, for its help and for completion.</summary>
    /// <returns>Takes what was typed and gives it back as settings, in order.</returns>
    public static Func<ParseResult, string[]> AddTo(Command command)
    {
        var options = _short.Select(one => (one.Name, one.Help, one.Value)).Prepend((Name: Config, Help: "TOML or JSON file with settings; may be repeated, the later wins", Value: Commands.Expectations.PathHelp))
            .Select(one => new Option<string[]>(one.Name) { Description = one.Help, HelpName = one.Value, DefaultValueFactory = _ => [] }).ToList();
        options.ForEach(command.Options.Add);
        return parsed => [.. options.SelectMany(option => parsed.GetValue(option)!.Select(value => $"{option.Name}={value}")), .. parsed.UnmatchedTokens];
    }

    /// <summary>Reads what was typed.</summary>
    /// <exception cref="MeshConfigurationException">Something is no setting.</exception>
    public static CommandLineSettings Read(IReadOnlyList<string> args)
    {
        var files = new List<string>();
        var values = new List<(string Key, string Value)>();
        var problems = new List<(string Key, string Problem)>();
        var seeds = 0;
        for (var index = 0; index < args.Count; index++)
        {
            var (name, value) = args[index].Split('=', 2) is [var left, var right] ? (left, right) : (args[index], null);
            if (!name.StartsWith("--", StringComparison.Ordinal))
            {
                problems.Add((args[index], "is no setting; --Chirps:Key=value is"));
                continue;
            }

            if (KeyOf(name) is not { } key)
            {
                problems.Add((name, $"there is no such option.{Similar.Hint(name, _short.Select(one => one.Name).Append(Config))} Settings begin with --Chirps: or --Logging:"));
                continue;
            }

            value ??= index + 1 < args.Count && !args[index + 1].StartsWith("--", StringComparison.Ordinal) ? args[++index] : null;
            if (value is null || (name == Config && value.Length == 0))
            {
                problems.Add((name, "a value is needed"));
            }
            else if (name == Config)
            {
                files.Add(value);
            }
            else
            {
                values.Add((name == Seed ? string.Create(CultureInfo.InvariantCulture, $"{key}:{seeds++}") : key, value));
            }
        }

        return problems.Count == 0 ? new CommandLineSettings(files, values) : throw new MeshConfigurationException(problems);
    }

    private static string? KeyOf(string name)
        => name == Config ? Config
            : ConfigurationLayers.IsOurs(name[2..]) ? name[2..]
            : Array.Find(_short, one => one.Name == name) is { Key: { } key } ? key : null;
}
