using System.CommandLine;
using System.Text.Json;
using Chirps.Silo.Commands.Client;
using Chirps.Silo.Http;

namespace Chirps.Silo.Commands.Mesh;

/// <summary>What the commands that follow a stream have in common: they end by Ctrl-C with 0, after a number of items, or with the connection.</summary>
internal static class StreamOptions
{
    /// <summary>The option to end after a number of items.</summary>
    public static Option<int?> Count(string what)
    {
        var option = new Option<int?>("--count") { Description = $"End after so many {what}", HelpName = "n" };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && (!int.TryParse(result.Tokens[0].Value, out var count) || count < 1))
            {
                result.AddError("--count takes a number of at least 1.");
            }
        });
        return option;
    }

    /// <summary>Follows a stream of events.</summary>
    /// <param name="call">The command's run.</param>
    /// <param name="path">The stream.</param>
    /// <param name="count">How many items to take; <see langword="null"/>: all.</param>
    /// <param name="begin">Called once, when nothing is missed any more.</param>
    /// <param name="take">Takes one item.</param>
    /// <param name="cancellationToken">Ctrl-C: a good end.</param>
    public static async Task<int> RunAsync(NodeCall call, string path, int? count, Action begin, Func<JsonElement, Task> take, CancellationToken cancellationToken)
    {
        var taken = 0;
        try
        {
            await foreach (var (type, data) in call.Node.EventsAsync(path, cancellationToken))
            {
                if (type == StreamEndpoints.SubscribedEvent)
                {
                    begin();
                    continue;
                }

                if (type == StreamEndpoints.ErrorEvent)
                {
                    throw new CommandException(ExitCode.Failed, data.GetProperty("error").GetString()!);
                }

                await take(data);
                if (++taken == count)
                {
                    return ExitCode.Ok;
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCode.Ok;
        }

        throw new CommandException(ExitCode.Unreachable, "the node ended the stream; it is stopping, or has stopped");
    }
}
