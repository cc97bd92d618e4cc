using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Chirps.Silo.Commands.Client;
using Chirps.Silo.Commands.Display;

namespace Chirps.Silo.Commands.Durable;

/// <summary>The durable channels, and the server that holds them.</summary>
internal static class ChannelsCommand
{
    public static Command Make(NodeAccess access)
    {
        var name = new Argument<string?>("channel") { Description = "Only this one, with its partitions", Arity = ArgumentArity.ZeroOrOne };
        return access.Serve(new Command("channels", "Show the durable channels, the server and the outbox") { name }, async (call, cancellationToken) =>
        {
            var wanted = call.Get(name);
            var json = await call.Node.GetAsync<JsonElement>(wanted is null ? "/api/channels" : $"/api/channels?name={Uri.EscapeDataString(wanted)}", cancellationToken);
            if (call.Json)
            {
                call.WriteRaw(json);
            }
            else
            {
                Print(call.Output, json.Deserialize<ChannelsAnswer>(NodeClient.Json)!, byPartition: wanted is not null);
            }

            return ExitCode.Ok;
        });
    }

    private static void Print(TextWriter output, ChannelsAnswer answer, bool byPartition)
    {
        var table = new TextTable(
            new("CHANNEL"), new(byPartition ? "PARTITION" : "PARTITIONS", IsNumber: true), new("MESSAGES", IsNumber: true), new("SIZE", IsNumber: true), new("OFFSETS"));
        foreach (var channel in answer.Channels)
        {
            if (byPartition)
            {
                foreach (var one in channel.Partitions)
                {
                    table.Add(channel.Name, Number(one.Partition), Plain.Count(one.Messages), Plain.Bytes(one.SizeBytes), one.Messages == 0 ? $"next {one.NextOffset}" : $"{one.FirstOffset} to {one.NextOffset - 1}");
                }
            }
            else
            {
                table.Add(channel.Name, Number(channel.Partitions.Count), Plain.Count(channel.Messages), Plain.Bytes(channel.SizeBytes), "-");
            }
        }

        table.Print(output);
        var server = answer.Server;
        output.WriteLine($"Server {server.Url}, stream {server.Stream}{(server.Host is { } host ? $", hosted by {host}" : "")}: {(server.Connected ? "connected" : "NOT connected")}. Outbox: {Plain.Count(answer.Outbox.Messages)} of {Plain.Count(answer.Outbox.MessagesMax)} messages, {Plain.Bytes(answer.Outbox.Bytes)}.");
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>The node's answer about channels.</summary>
internal sealed record ChannelsAnswer(ChannelServer Server, ChannelOutbox Outbox, IReadOnlyList<ChannelAnswer> Channels);

/// <summary>The server that holds them.</summary>
internal sealed record ChannelServer(bool Connected, string? Url, string? Host, string? Stream);

/// <summary>What waits on the node's disk.</summary>
internal sealed record ChannelOutbox(long Messages, long Bytes, long MessagesMax, long BytesMax);

/// <summary>One channel.</summary>
internal sealed record ChannelAnswer(string Name, long Messages, long SizeBytes, IReadOnlyList<PartitionAnswer> Partitions);

/// <summary>One partition of it.</summary>
internal sealed record PartitionAnswer(int Partition, ulong FirstOffset, ulong NextOffset, long Messages, long SizeBytes);
