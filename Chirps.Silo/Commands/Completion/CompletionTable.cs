using System.CommandLine;

namespace Chirps.Silo.Commands.Completion;

/// <summary>What may follow which words: the same for every shell.</summary>
/// <param name="root">The whole tree of commands.</param>
internal sealed class CompletionTable(Command root)
{
    /// <summary>The argument that takes the name of a shell.</summary>
    public const string Shell = "shell";

    /// <summary>Prints the names of the members, one a line.</summary>
    public const string Members = "chirps members --names 2>/dev/null";

    private const string Member = "member";

    /// <summary>The shells there are scripts for.</summary>
    public static IReadOnlyList<string> Shells { get; } = ["bash", "zsh", "fish"];

    /// <summary>Every command with the words that lead to it; none for the first.</summary>
    public IReadOnlyList<(string Path, Command Command)> Commands { get; } = [.. Paths(root, "")];

    /// <summary>Each option whose value can be foreseen, of all commands: equal names take equal values.</summary>
    public IEnumerable<(IReadOnlyList<string> Names, Values Values)> Foreseen
        => Commands.SelectMany(one => one.Command.Options).Select(one => (Names: NamesOf(one), Values: ValuesOf(one)))
            .Where(one => one.Values.Kind != ValueKind.Unforeseen && one.Values.Kind != ValueKind.None).DistinctBy(one => string.Join('|', one.Names));

    /// <summary>The command's own options, then those it inherits.</summary>
    public static IEnumerable<Option> OptionsOf(Command command)
        => command.Options.Concat(command.Parents.OfType<Command>().SelectMany(OptionsOf).Where(one => one.Recursive)).Where(one => !one.Hidden).DistinctBy(one => one.Name);

    /// <summary>An option's name and its short ones.</summary>
    public static IReadOnlyList<string> NamesOf(Option option) => [.. option.Aliases.Append(option.Name).Where(name => name.StartsWith('-')).Distinct().OrderBy(name => name.Length)];

    /// <summary>What an option takes.</summary>
    public static Values ValuesOf(Option option)
    {
        var type = Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;
        return option.Arity.MaximumNumberOfValues == 0 || type == typeof(bool) ? new(ValueKind.None)
            : type.IsEnum ? new(ValueKind.Words, Enum.GetNames(type))
            : option.Name == "--lane" ? new(ValueKind.Words, ["urgent", "bulk"])
            : Of(option.HelpName);
    }

    /// <summary>What the arguments of a command take.</summary>
    public static IEnumerable<Values> ArgumentsOf(Command command)
        => command.Arguments.Select(one => one.Name == Shell ? new(ValueKind.Words, [.. Shells]) : one.Name == Member ? new(ValueKind.Members) : Of(one.HelpName));

    private static Values Of(string? helpName) => new(helpName switch
    {
        Expectations.PathHelp => ValueKind.Files,
        Member => ValueKind.Members,
        _ => ValueKind.Unforeseen,
    });

    private static IEnumerable<(string Path, Command Command)> Paths(Command command, string path)
        => command.Subcommands.SelectMany(one => Paths(one, path.Length == 0 ? one.Name : $"{path} {one.Name}")).Prepend((path, command));

    /// <summary>What a value can be.</summary>
    internal enum ValueKind
    {
        /// <summary>There is none.</summary>
        None,

        /// <summary>Anything.</summary>
        Unforeseen,

        /// <summary>One of some words.</summary>
        Words,

        /// <summary>The path of a file or directory.</summary>
        Files,

        /// <summary>The name of a member.</summary>
        Members,
    }

    /// <summary>What a value can be, and the words there are.</summary>
    internal sealed record Values(ValueKind Kind, params string[] Words);
}
