using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Chirps.Silo.Commands;

/// <summary>Says in one line what an option takes, where the parser would name a type of .NET.</summary>
internal static class Expectations
{
    /// <summary>Stands in the help of what takes the path of a file or directory.</summary>
    public const string PathHelp = "path";

    /// <summary>Gives all options and arguments of a whole tree these checks; those they have already go before.</summary>
    public static void GiveTo(Command root)
    {
        var commands = All(root).ToList();
        // Some numbers may be words as well: their options read them themselves.
        foreach (var option in commands.SelectMany(command => command.Options).Where(option => option is not Option<int?> { CustomParser: not null }).Distinct())
        {
            option.Validators.Add(result => Check(result, result.Tokens, option.Name, option.ValueType, option.HelpName));
        }

        foreach (var argument in commands.SelectMany(command => command.Arguments).Distinct())
        {
            argument.Validators.Add(result => Check(result, result.Tokens, argument.Name, argument.ValueType, argument.HelpName));
        }
    }

    /// <summary>Some words as they are read: <c>a, b or c</c>.</summary>
    public static string Either(IReadOnlyList<string> words) => words.Count < 2 ? string.Concat(words) : $"{string.Join(", ", words.SkipLast(1))} or {words[^1]}";

    private static void Check(SymbolResult result, IReadOnlyList<Token> typed, string name, Type type, string? helpName)
    {
        foreach (var token in typed)
        {
            if (Expected(Nullable.GetUnderlyingType(type) ?? type, token.Value) is { } expected)
            {
                result.AddError($"{name} takes {expected}, not '{token.Value}'.");
            }
            else if (helpName == PathHelp && string.IsNullOrWhiteSpace(token.Value))
            {
                result.AddError($"{name} takes a path, and this one is empty.");
            }
        }
    }

    /// <summary>What is needed instead of a text; <see langword="null"/> when it is good.</summary>
    private static string? Expected(Type type, string text) => type switch
    {
        // Names only: the parser would take each number for a value.
        { IsEnum: true } => Enum.GetNames(type).Contains(text, StringComparer.OrdinalIgnoreCase) ? null : Either(Enum.GetNames(type)),
        _ when type == typeof(int) => int.TryParse(text, CultureInfo.InvariantCulture, out _) ? null : "a whole number",
        _ when type == typeof(long) => long.TryParse(text, CultureInfo.InvariantCulture, out _) ? null : "a whole number",
        _ when type == typeof(Guid) => Guid.TryParse(text, out _) ? null : "a UUID",
        _ => null,
    };

    private static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(All).Prepend(command);
}
