using System.CommandLine;
using System.CommandLine.Invocation;
using Chirps.Node;
using Chirps.Silo.Commands.Certs;
using Chirps.Silo.Commands.Client;
using Chirps.Silo.Commands.Completion;
using Chirps.Silo.Commands.Configuration;
using Chirps.Silo.Commands.Display;
using Chirps.Silo.Commands.Durable;
using Chirps.Silo.Commands.Iggy;
using Chirps.Silo.Commands.Keys;
using Chirps.Silo.Commands.Mesh;

namespace Chirps.Silo.Commands;

/// <summary>All commands of the program.</summary>
internal static class CommandTree
{
    /// <summary>Makes the tree.</summary>
    public static Command Make()
    {
        var access = new NodeAccess();
        var root = new Command(HelpText.Program, "Chirps: a cluster messaging mesh. Without a command: run.")
        {
            RunCommand.Make(),
            DemoCommand.Make(),
            CheckoutCommands.MakeTest(),
            CheckoutCommands.MakeBench(),
            MembersCommand.Make(access),
            WatchCommand.Make(access),
            SendCommand.Make(access),
            BroadcastCommand.Make(access),
            SubscribeCommand.Make(access),
            StateCommand.Make(access),
            JoinLeaveCommands.MakeJoin(access),
            JoinLeaveCommands.MakeLeave(access),
            PublishCommand.Make(access),
            ReplayCommand.Make(access),
            ChannelsCommand.Make(access),
            LagCommand.Make(access),
            ConfigCommand.Make(),
            CertsCommand.Make(),
            KeysCommand.Make(),
            IggyCommands.Make(),
            CompletionCommand.Make(),
        };
        root.TreatUnmatchedTokensAsErrors = false;
        root.Options.Add(new VersionOption());
        HelpText.GiveTo(root);
        Expectations.GiveTo(root);
        root.SetAction((parsed, cancellationToken) => RunOrSuggestAsync(root, parsed, cancellationToken));
        return root;
    }

    /// <summary>Runs what was typed.</summary>
    /// <param name="args">What was typed, without the program's name.</param>
    /// <param name="configuration">Where output goes; <see langword="null"/>: the console.</param>
    /// <param name="cancellationToken">Ends the command, as Ctrl-C does.</param>
    /// <returns>See <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, InvocationConfiguration? configuration = null, CancellationToken cancellationToken = default)
    {
        configuration ??= new InvocationConfiguration();
        var parsed = Make().Parse(args);
        var isStray = parsed.UnmatchedTokens.Count > 0 && parsed.CommandResult.Command.TreatUnmatchedTokensAsErrors;
        if (parsed.Action is not ParseErrorAction && (!isStray || parsed.Action is HelpText))
        {
            return await InvokeAsync(parsed, configuration, cancellationToken);
        }

        var path = HelpText.PathOf(parsed.CommandResult.Command);
        var hint = parsed.UnmatchedTokens.Count > 0 ? Similar.Hint(parsed.UnmatchedTokens[0], Words(parsed.CommandResult.Command)) : "";
        await configuration.Error.WriteLineAsync(Plain.Line($"{path}: {Message(parsed)}{hint} See: {path} --help"));
        return ExitCode.Usage;
    }

    /// <summary>What nobody foresaw is told in full, and is no negative outcome.</summary>
    private static async Task<int> InvokeAsync(ParseResult parsed, InvocationConfiguration configuration, CancellationToken cancellationToken)
    {
        configuration.EnableDefaultExceptionHandler = false;
        try
        {
            return await parsed.InvokeAsync(configuration, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception exception)
        {
            await configuration.Error.WriteLineAsync($"{HelpText.PathOf(parsed.CommandResult.Command)} failed: {exception}");
            return ExitCode.Failed;
        }
    }

    /// <summary>Without a command the node runs; a word that is no command is a mistake, not a setting.</summary>
    private static async Task<int> RunOrSuggestAsync(Command root, ParseResult parsed, CancellationToken cancellationToken)
    {
        if (parsed.UnmatchedTokens is [var word, ..] && !word.StartsWith('-'))
        {
            var hint = Similar.Hint(word, root.Subcommands.Select(command => command.Name));
            await parsed.InvocationConfiguration.Error.WriteLineAsync(Plain.Line($"{HelpText.Program}: there is no command '{word}'.{hint} See: {HelpText.Program} --help"));
            return ExitCode.Usage;
        }

        return await RunCommand.RunAsync([.. parsed.UnmatchedTokens], cancellationToken, parsed.InvocationConfiguration.Error);
    }

    private static string Message(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens.Count > 0)
        {
            return $"there is no {(parsed.UnmatchedTokens[0].StartsWith('-') ? "option" : command.Subcommands.Count > 0 ? "command" : "room for")} '{parsed.UnmatchedTokens[0]}' here.";
        }

        return command.Subcommands.Count > 0 ? "which one? A command is missing." : parsed.Errors[0].Message;
    }

    private static IEnumerable<string> Words(Command command)
        => command.Subcommands.Select(one => one.Name).Concat(command.Options.Select(one => one.Name)).Concat(command.Parents.OfType<Command>().SelectMany(parent => parent.Options.Where(one => one.Recursive)).Select(one => one.Name));
}
