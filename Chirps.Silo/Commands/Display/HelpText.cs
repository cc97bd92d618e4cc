using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Chirps.Silo.Commands.Display;

/// <summary>The help of a command: what it does, how it is typed, its parts, and examples.</summary>
internal sealed class HelpText : SynchronousCommandLineAction
{
    /// <summary>The name under which the program is typed.</summary>
    public const string Program = "chirps";

    private const int Width = 80;
    private const int ColumnMax = 30;

    /// <summary>Gives a whole tree of commands this help.</summary>
    public static void GiveTo(Command root)
    {
        var help = new HelpOption("--help", "-h") { Action = new HelpText(), Description = "Show this help", Recursive = true };
        root.Options.Add(help);
    }

    public override int Invoke(ParseResult parseResult)
    {
        Write(parseResult.CommandResult.Command, parseResult.InvocationConfiguration.Output);
        return ExitCode.Ok;
    }

    /// <summary>The words that lead to a command, the program's name first.</summary>
    public static string PathOf(Command command)
        => command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{PathOf(parent)} {command.Name}" : Program;

    private static void Write(Command command, TextWriter output)
    {
        Wrap(output, "", command.Description ?? "");
        output.WriteLine();
        output.WriteLine($"Usage: {Usage(command)}");
        Section(output, "Arguments", command.Arguments.Where(one => !one.Hidden).Select(one => ($"<{one.Name}>", one.Description ?? "")));
        Section(output, "Options", Options(command).Select(one => (Signature(one), Description(one))));
        Section(output, "Commands", command.Subcommands.Where(one => !one.Hidden).Select(one => (one.Name, one.Description ?? "")));
        var examples = CommandExamples.Of(PathOf(command));
        if (examples.Count > 0)
        {
            output.WriteLine();
            output.WriteLine("Examples:");
            foreach (var example in examples)
            {
                output.WriteLine($"  {example}");
            }
        }

        if (command.Parents.FirstOrDefault() is null)
        {
            output.WriteLine();
            output.WriteLine("Exit codes: 0 done; 1 done, but the outcome is negative (not delivered, no such");
            output.WriteLine("member); 2 what was typed or configured makes no sense; 3 the node cannot be");
            output.WriteLine("reached; 4 it refuses the token; 5 it failed; 130 ended by Ctrl-C.");
        }
    }

    private static string Usage(Command command)
    {
        var words = new List<string> { PathOf(command) };
        words.AddRange(command.Subcommands.Count > 0 ? ["<command>"] : []);
        words.AddRange(command.Arguments.Where(one => !one.Hidden).Select(one => (one.Arity.MinimumNumberOfValues, one.Arity.MaximumNumberOfValues) switch
        {
            (0, 1) => $"[<{one.Name}>]",
            (0, _) => $"[<{one.Name}>...]",
            (_, 1) => $"<{one.Name}>",
            _ => $"<{one.Name}>...",
        }));
        words.AddRange(Options(command).Where(one => one.Required).Select(one => $"{one.Name} <{one.HelpName ?? one.Name.TrimStart('-')}>"));
        words.Add("[options]");
        words.AddRange(command.TreatUnmatchedTokensAsErrors ? [] : ["[--Chirps:Key=value]..."]);
        return string.Join(' ', words);
    }

    /// <summary>The command's own options, then those it inherits.</summary>
    private static IEnumerable<Option> Options(Command command)
    {
        var inherited = command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? Options(parent).Where(one => one.Recursive) : [];
        return command.Options.Where(one => one is not HelpOption).Concat(inherited.Where(one => one is not HelpOption)).Where(one => !one.Hidden)
            .Concat(command.Parents.FirstOrDefault() is null ? command.Options.OfType<HelpOption>() : []);
    }

    private static string Signature(Option option)
    {
        var names = string.Join(", ", option.Aliases.Where(alias => alias.StartsWith('-')).Append(option.Name).OrderBy(name => name.Length));
        return option.ValueType == typeof(bool) || option is VersionOption or HelpOption ? names : $"{names} <{option.HelpName ?? option.Name.TrimStart('-')}>";
    }

    private static string Description(Option option)
    {
        var type = Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;
        var text = option.Description ?? "";
        var isPlain = type.IsEnum || type == typeof(int) || type == typeof(string);
        return option.HasDefaultValue && isPlain && option.GetDefaultValue() is { } value && !text.Contains("(default", StringComparison.Ordinal) ? $"{text} (default: {value})" : text;
    }

    private static void Section(TextWriter output, string title, IEnumerable<(string Left, string Right)> rows)
    {
        var all = rows.ToList();
        if (all.Count == 0)
        {
            return;
        }

        output.WriteLine();
        output.WriteLine($"{title}:");
        var column = Math.Min(all.Max(row => row.Left.Length), ColumnMax) + 4;
        foreach (var (left, right) in all)
        {
            var head = $"  {left}";
            if (head.Length > column - 2)
            {
                output.WriteLine(head);
                head = "";
            }

            Wrap(output, head.PadRight(column), right);
        }
    }

    /// <summary>Writes a text behind what begins its first line, in lines of at most 80 characters.</summary>
    private static void Wrap(TextWriter output, string head, string text)
    {
        var line = head;
        var indent = new string(' ', head.Length);
        var isEmpty = true;
        foreach (var word in text.Split(' '))
        {
            if (!isEmpty && line.Length + 1 + word.Length > Width)
            {
                output.WriteLine(line.TrimEnd());
                line = indent;
                isEmpty = true;
            }

            line += isEmpty ? word : $" {word}";
            isEmpty = false;
        }

        output.WriteLine(line.TrimEnd());
    }
}
