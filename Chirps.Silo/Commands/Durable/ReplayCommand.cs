using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Chirps.Silo.Commands.Client;
using Chirps.Silo.Commands.Display;
using Chirps.Silo.Commands.Mesh;
using Chirps.Silo.Http;

namespace Chirps.Silo.Commands.Durable;

/// <summary>Reads what a channel holds, from the beginning, an offset or an instant, and goes on with what comes.</summary>
internal static class ReplayCommand
{
    public static Command Make(NodeAccess access)
    {
        var channel = new Argument<string>("channel") { Description = "The channel" };
        var from = new Option<string>("--from") { Description = "beginning, now, an offset, or an instant (2026-01-31T12:00:00Z)", DefaultValueFactory = _ => "beginning", HelpName = "where" };
        var partition = new Option<int?>("--partition") { Description = "Only this partition", HelpName = "n" };
        var limit = StreamOptions.Count("messages");
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with what comes, until Ctrl-C" };
        return access.Serve(new Command("replay", "Read what a durable channel holds") { channel, from, partition, limit, follow }, async (call, cancellationToken) =>
        {
            var query = $"/api/replay?channel={Uri.EscapeDataString(call.Get(channel))}&from={Uri.EscapeDataString(call.Get(from)!)}"
                + (call.Get(partition) is { } number ? $"&partition={number}" : "")
                + (call.Get(limit) is { } most ? $"&limit={most}" : "")
                + (call.Get(follow) ? "&follow=true" : "");
            return await ReadAsync(call, query, call.Get(limit), cancellationToken);
        });
    }

    private static async Task<int> ReadAsync(NodeCall call, string query, int? limit, CancellationToken cancellationToken)
    {
        var taken = 0;
        try
        {
            await foreach (var (type, data) in call.Node.EventsAsync(query, cancellationToken))
            {
                switch (type)
                {
                    case StreamEndpoints.SubscribedEvent:
                        continue;
                    case "end":
                        return ExitCode.Ok;
                    case "error":
                        throw new CommandException(ExitCode.Failed, data.TryGetProperty("error", out var error) ? error.ToString() : "the server failed; the node's log says why");
                }

                Print(call, type, data);
                taken += type == "message" ? 1 : 0;
                if (taken == limit)
                {
                    return ExitCode.Ok;
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCode.Ok;
        }

        throw new CommandException(ExitCode.Unreachable, "the node ended the stream before its end; it is stopping, or has stopped");
    }

    private static void Print(NodeCall call, string type, JsonElement data)
    {
        if (call.Json)
        {
            call.WriteJson(new Dictionary<string, JsonElement> { [type] = data });
            return;
        }

        if (type == "gap")
        {
            var gap = data.Deserialize<ReplayGap>(NodeClient.Json)!;
            call.Error.WriteLine($"partition {gap.Partition}: {gap.Wanted} to {gap.First - 1} are not there any more; going on at {gap.First}");
            return;
        }

        var message = data.Deserialize<ReplayedMessage>(NodeClient.Json)!;
        var at = message.StoredAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
        call.WriteLine($"{$"{message.Partition}:{message.Offset}",-10}  {at}Z  {Plain.Line(message.From ?? "-"),-12}  {(message.Key is null ? "" : $"[{Plain.Line(message.Key)}] ")}{Plain.Line(message.Text, message.Base64)}");
    }
}

/// <summary>Offsets that are not there any more.</summary>
internal sealed record ReplayGap(int Partition, ulong Wanted, ulong First, ulong Next);

/// <summary>One stored message.</summary>
internal sealed record ReplayedMessage(int Partition, ulong Offset, DateTimeOffset StoredAt, string? From, string? Topic, string? Key, Guid? MessageId, string Base64, string? Text);
