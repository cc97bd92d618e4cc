using System.CommandLine;
using Chirps.Node;

namespace Chirps.Silo.Commands.Mesh;

/// <summary>The options of commands that send.</summary>
internal static class MessageOptions
{
    private static readonly TimeSpan _deadlineMax = TimeSpan.FromMinutes(10);

    public static Option<string> Topic() => new("--topic", "-t") { Description = "Which subscribers get it; a silo itself takes every topic", Required = true, HelpName = "topic" };

    public static Option<MessageProfile> Profile() => new("--profile", "-p") { Description = "Control (acknowledged), Ephemeral (best effort) or Durable (stored)", DefaultValueFactory = _ => MessageProfile.Control };

    public static Option<TimeSpan?> Deadline()
    {
        var option = new Option<TimeSpan?>("--deadline")
        {
            Description = "How long to wait for certainty: 500ms, 5s, 1m (default: the node's)",
            HelpName = "time",
            CustomParser = result => Quantities.TryParseDuration(result.Tokens[0].Value, out var duration) ? duration : null,
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && (!Quantities.TryParseDuration(result.Tokens[0].Value, out var duration) || duration < TimeSpan.FromMilliseconds(1) || duration > _deadlineMax))
            {
                result.AddError($"--deadline takes 1ms to 10m, not '{result.Tokens[0].Value}'.");
            }
        });
        return option;
    }

    public static Option<int?> Lane()
    {
        var option = new Option<int?>("--lane")
        {
            Description = "Lane of a Control message: urgent, bulk, or the number of a data lane from 2 on",
            HelpName = "lane",
            CustomParser = result => ParseLane(result.Tokens[0].Value),
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && ParseLane(result.Tokens[0].Value) is null)
            {
                result.AddError($"--lane takes urgent, bulk, or a number from 2 on, not '{result.Tokens[0].Value}'.");
            }
        });
        return option;
    }

    public static int? Milliseconds(TimeSpan? duration) => duration is { } given ? (int)Math.Ceiling(given.TotalMilliseconds) : null;

    /// <summary>The outcome, with the reason where there is one.</summary>
    public static string Name(SendReceipt receipt) => receipt.Reason == SendFailure.None ? receipt.Outcome.ToString() : $"{receipt.Outcome} ({receipt.Reason})";

    /// <summary>Id and offset, where there are any, as the end of a line.</summary>
    public static string Id(SendReceipt receipt)
        => (receipt.Offset is { } offset ? $", at offset {offset}" : "") + (receipt.MessageId == Guid.Empty ? "" : $" [{receipt.MessageId}]");

    private static int? ParseLane(string text) => text.ToLowerInvariant() switch
    {
        "urgent" => 0,
        "bulk" => 1,
        _ => int.TryParse(text, out var lane) && lane is >= 0 and <= 15 ? lane : null,
    };
}
