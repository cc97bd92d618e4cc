using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using Chirps.Engine.Membership;
using Chirps.Node.Credentials;
using Chirps.Silo.Commands.Client;
using Chirps.Silo.Commands.Display;

namespace Chirps.Silo.Commands.Certs;

/// <summary>Certificates: an authority in a directory, and what it issues to nodes.</summary>
internal static class CertsCommand
{
    /// <summary>Exit code when what was asked would do harm or makes no sense; nothing has changed.</summary>
    public const int ExitRefused = 1;

    /// <summary>Exit code when the directory cannot be read or written.</summary>
    public const int ExitNoDirectory = 2;

    private const int DaysMax = 36500;
    private const int NameMax = 64;

    public static Command Make()
    {
        var directory = new Option<string>("--directory")
        {
            Description = "Where authority and certificates are kept",
            DefaultValueFactory = _ => Path.Combine("run", "certs"),
            HelpName = Expectations.PathHelp,
            Recursive = true,
        };
        var json = new Option<bool>("--json") { Description = "JSON for programs: one object", Recursive = true };
        return new Command("certs", "Certificates of the nodes: make an authority, issue, rotate, show")
        {
            directory, json, InitCommand.Make(directory, json), IssueCommand.Make(directory, json), RotateCommand.Make(directory, json), ShowCommand.Make(directory, json),
        };
    }

    /// <summary>An option that takes a number of days.</summary>
    public static Option<int?> Days(string name, string description)
    {
        var option = new Option<int?>(name) { Description = description };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && (!int.TryParse(result.Tokens[0].Value, out var days) || days is < 1 or > DaysMax))
            {
                result.AddError($"{name} takes 1 to {DaysMax} days.");
            }
        });
        return option;
    }

    /// <summary>Checks a common name: 64 characters at most (RFC 5280, appendix A.1), none of which could command a terminal.</summary>
    public static void CheckName(SymbolResult result)
    {
        foreach (var token in result.Tokens.Where(token => string.IsNullOrWhiteSpace(token.Value) || token.Value.Length > NameMax || token.Value.Any(char.IsControl)))
        {
            result.AddError($"'{token.Value}' is no name of an authority: 1 to {NameMax} characters are needed, no control characters among them.");
        }
    }

    /// <summary>The names of nodes, at least <paramref name="least"/>.</summary>
    public static Argument<string[]> Nodes(int least)
    {
        var argument = new Argument<string[]>("nodes") { Description = "Names of the nodes", Arity = new ArgumentArity(least, 1000) };
        argument.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => !MemberId.TryParse(token.Value, out _)))
            {
                result.AddError($"'{token.Value}' is no name for a node: 1 to 63 characters out of A-Z a-z 0-9 . _ - are needed, the first one a letter or digit.");
            }
        });
        return argument;
    }

    /// <summary>Writes an answer for programs.</summary>
    public static void WriteJson<T>(TextWriter output, T answer) => output.WriteLine(JsonSerializer.Serialize(answer, NodeClient.Json));

    /// <summary>Does the work and turns what goes wrong into a message and an exit code.</summary>
    public static int Run(ParseResult parsed, Action<TextWriter> work)
    {
        try
        {
            work(parsed.InvocationConfiguration.Output);
            return 0;
        }
        catch (AuthorityException refused)
        {
            parsed.InvocationConfiguration.Error.WriteLine(Plain.Line($"chirps: {refused.Message}"));
            return ExitRefused;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            parsed.InvocationConfiguration.Error.WriteLine(Plain.Line($"chirps: {exception.Message} Check that the directory exists and that this user may use it, or name another one with --directory."));
            return ExitNoDirectory;
        }
    }
}
