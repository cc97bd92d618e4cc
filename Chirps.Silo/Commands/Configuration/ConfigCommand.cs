using System.CommandLine;
using Chirps.Node;
using Chirps.Silo.Commands.Client;
using Chirps.Silo.Commands.Display;
using Chirps.Silo.Configuration;

namespace Chirps.Silo.Commands.Configuration;

/// <summary>The configuration as a node would see it: check it, show it, explain it. No node is needed.</summary>
internal static class ConfigCommand
{
    public static Command Make() => new("config", "The configuration: check it, show it with its sources, explain a key") { Check(), Show(), Explain() };

    private static Command Check()
    {
        var json = Json();
        return Serve(new Command("check", "Name every mistake in the configuration; exit code 2 when there is one") { json }, (parsed, layers, output) =>
        {
            var problems = Problems(layers);
            if (parsed.GetValue(json))
            {
                output.WriteLine(System.Text.Json.JsonSerializer.Serialize(new { ok = problems.Count == 0, problems = problems.Select(one => new { key = one.Key, problem = one.Problem, origin = one.Origin }) }, NodeClient.Json));
            }
            else if (problems.Count == 0)
            {
                output.WriteLine($"The configuration is good: {string.Join(", ", layers.Files.Skip(1).Select(Path.GetFileName).DefaultIfEmpty("defaults"))}.");
            }
            else
            {
                problems.ForEach(one => parsed.InvocationConfiguration.Error.WriteLine(Plain.Line($"{one.Key}: {one.Problem}{(one.Origin is null ? "" : $" ({one.Origin})")}")));
            }

            return problems.Count == 0 ? ExitCode.Ok : ExitCode.Usage;
        });
    }

    private static Command Show()
    {
        var prefix = new Argument<string?>("key") { Description = "Only this key or section: Chirps:Limits", Arity = ArgumentArity.ZeroOrOne };
        var json = Json();
        var changed = new Option<bool>("--changed") { Description = "Only what is not at its default" };
        return Serve(new Command("show", "Show every value in force, and where it comes from") { prefix, changed, json }, (parsed, layers, output) =>
        {
            var read = NodeSettings.Read(layers);
            var rows = Effective.Of(read).Where(row => (parsed.GetValue(prefix) is not { } key || Effective.IsIn(row.Key, key)) && !(parsed.GetValue(changed) && row.IsDefault)).ToList();
            if (parsed.GetValue(json))
            {
                output.WriteLine(System.Text.Json.JsonSerializer.Serialize(rows.Select(row => new { key = row.Key, value = row.Value, origin = row.Origin, isDefault = row.IsDefault }), NodeClient.Json));
            }
            else if (rows.Count == 0)
            {
                output.WriteLine(parsed.GetValue(changed) ? "Every value is at its default." : $"There is no key '{Plain.Line(parsed.GetValue(prefix) ?? "")}'.");
            }
            else
            {
                var table = new TextTable(new("KEY"), new("VALUE"), new("FROM"));
                rows.ForEach(row => table.Add((row.Key, null), (row.Value, row.IsDefault ? "grey" : "bold"), (row.Origin, row.IsDefault ? "grey" : null)));
                table.Print(output);
            }

            if (read.Problems.Count > 0)
            {
                parsed.InvocationConfiguration.Error.WriteLine($"chirps: {(read.Problems.Count == 1 ? "there is a mistake" : $"there are {read.Problems.Count} mistakes")} in it; see: chirps config check");
            }

            return read.Problems.Count == 0 ? ExitCode.Ok : ExitCode.Usage;
        });
    }

    private static Command Explain()
    {
        var key = new Argument<string>("key") { Description = "A key, its last part, or a section" };
        var json = new Option<bool>("--json") { Description = "JSON for programs: one object a line" };
        var command = new Command("explain", "Say what a key means, its default and limits, and whether a change needs a restart") { key, json };
        command.SetAction(parsed =>
        {
            var wanted = parsed.GetRequiredValue(key);
            var found = ConfigurationLayers.Options.Where(option => Effective.IsIn(option.Key, wanted) || option.Key.EndsWith($":{wanted}", StringComparison.OrdinalIgnoreCase)).ToList();
            if (found.Count == 0)
            {
                var names = ConfigurationLayers.Options.SelectMany(option => new[] { option.Key, option.Property.Name });
                parsed.InvocationConfiguration.Error.WriteLine(Plain.Line($"chirps: there is no key '{wanted}'.{Similar.Hint(wanted, names)}"));
                return ExitCode.Negative;
            }

            var output = parsed.InvocationConfiguration.Output;
            found.ForEach(option =>
            {
                if (parsed.GetValue(json))
                {
                    output.WriteLine(System.Text.Json.JsonSerializer.Serialize(ConfigurationReference.Describe(option), NodeClient.Json));
                }
                else
                {
                    ConfigurationReference.Explain(output, option);
                }
            });
            return ExitCode.Ok;
        });
        return command;
    }

    private static Option<bool> Json() => new("--json") { Description = "JSON for programs" };

    /// <summary>Everything that is wrong, with where it was set; also a file that cannot be read.</summary>
    private static List<(string Key, string Problem, string? Origin)> Problems(ConfigurationLayers layers)
    {
        var read = NodeSettings.Read(layers);
        return [.. read.Problems.Concat(read.MissingFiles()).Select(one => (one.Key, one.Problem, read.OriginOf(one.Key)))];
    }

    private static Command Serve(Command command, Func<ParseResult, ConfigurationLayers, TextWriter, int> run)
    {
        command.TreatUnmatchedTokensAsErrors = false;
        var settings = CommandLineSettings.AddTo(command);
        command.SetAction(parsed =>
        {
            try
            {
                return run(parsed, new ConfigurationLayers(settings(parsed)), parsed.InvocationConfiguration.Output);
            }
            catch (MeshConfigurationException exception)
            {
                exception.Problems.ToList().ForEach(one => parsed.InvocationConfiguration.Error.WriteLine(Plain.Line($"{one.Key}: {one.Problem}")));
                return ExitCode.Usage;
            }
        });
        return command;
    }
}
