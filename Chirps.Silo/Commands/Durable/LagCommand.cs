using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Chirps.Silo.Commands.Client;
using Chirps.Silo.Commands.Display;

namespace Chirps.Silo.Commands.Durable;

/// <summary>How far the readers of a channel are behind.</summary>
internal static class LagCommand
{
    public static Command Make(NodeAccess access)
    {
        var channel = new Argument<string>("channel") { Description = "The channel" };
        var consumers = new Option<string[]>("--consumer") { Description = "Only this reader; may be repeated", DefaultValueFactory = _ => [], HelpName = "name" };
        var most = new Option<long?>("--max") { Description = "Exit code 1 when a reader is further behind, for alarms", HelpName = "n" };
        return access.Serve(new Command("lag", "Show how far the readers of a durable channel are behind") { channel, consumers, most }, async (call, cancellationToken) =>
        {
            var query = string.Concat(call.Get(consumers)!.Select(one => $"&consumer={Uri.EscapeDataString(one)}"));
            var json = await call.Node.GetAsync<JsonElement>($"/api/lag?channel={Uri.EscapeDataString(call.Get(channel))}{query}", cancellationToken);
            var answer = json.Deserialize<LagAnswer>(NodeClient.Json)!;
            if (call.Json)
            {
                call.WriteRaw(json);
            }
            else
            {
                Print(call.Output, answer);
            }

            return call.Get(most) is { } limit && answer.Consumers.Any(one => one.Lag > limit) ? ExitCode.Negative : ExitCode.Ok;
        });
    }

    private static void Print(TextWriter output, LagAnswer answer)
    {
        var table = new TextTable(new("READER"), new("PARTITION", IsNumber: true), new("READ TO", IsNumber: true), new("NEXT", IsNumber: true), new("LAG", IsNumber: true));
        foreach (var consumer in answer.Consumers)
        {
            foreach (var one in consumer.Partitions)
            {
                table.Add(
                    (consumer.Consumer, null), (Number(one.Partition), null), (one.StoredOffset is { } offset ? Number(offset) : "-", null), (Number(one.NextOffset), null), (Number(one.Lag), one.Lag > 0 ? "yellow" : "green"));
            }
        }

        table.Print(output);
        output.WriteLine(answer.Consumers.Count == 0 ? $"Nobody has stored how far {Plain.Line(answer.Channel)} is read." : $"{Plain.Line(answer.Channel)}: {answer.Consumers.Count} {(answer.Consumers.Count == 1 ? "reader" : "readers")}, the furthest behind by {Plain.Count(answer.Consumers.Max(one => one.Lag))} messages.");
    }

    private static string Number<T>(T number)
        where T : IFormattable => number.ToString(null, CultureInfo.InvariantCulture);
}

/// <summary>The node's answer about the readers of a channel.</summary>
internal sealed record LagAnswer(string Channel, IReadOnlyList<ConsumerLag> Consumers);

/// <summary>One reader, or one group of them.</summary>
internal sealed record ConsumerLag(string Consumer, bool Group, long Lag, IReadOnlyList<PartitionLag> Partitions);

/// <summary>How far it is in one partition.</summary>
internal sealed record PartitionLag(int Partition, ulong? StoredOffset, ulong NextOffset, long Lag);
