using System.CommandLine;
using System.Diagnostics;
using Chirps.Silo.Commands.Client;
using Chirps.Silo.Commands.Display;
using Chirps.Silo.Commands.Mesh;

namespace Chirps.Silo.Commands.Durable;

/// <summary>Stores a message in a channel and says where it is.</summary>
internal static class PublishCommand
{
    public static Command Make(NodeAccess access)
    {
        var channel = new Argument<string>("channel") { Description = "The channel; made when there is none of that name" };
        var key = new Option<string?>("--key") { Description = "Ordering key: messages with equal keys keep their order", HelpName = "key" };
        var topic = new Option<string?>("--topic", "-t") { Description = "Topic in the message's header (default: the channel)", HelpName = "topic" };
        var id = new Option<Guid?>("--id") { Description = "Message id (UUID) that makes a repeated publish harmless", HelpName = "uuid" };
        var deadline = MessageOptions.Deadline();
        var count = new Option<int>("--count") { Description = "Publish it so many times", DefaultValueFactory = _ => 1, HelpName = "n" };
        var command = new Command("publish", "Store a message in a durable channel, and say where it is") { channel };
        var payload = new Payload(command);
        foreach (var option in new Option[] { key, topic, id, deadline, count })
        {
            command.Options.Add(option);
        }

        return access.Serve(command, async (call, cancellationToken) =>
        {
            var base64 = await payload.ReadAsync(call, cancellationToken);
            var body = new
            {
                channel = call.Get(channel),
                base64,
                key = call.Get(key),
                topic = call.Get(topic) ?? call.Get(channel),
                count = call.Get(count),
                messageId = call.Get(id),
                deadlineMilliseconds = MessageOptions.Milliseconds(call.Get(deadline)),
            };
            var clock = Stopwatch.StartNew();
            var reply = await call.Node.PostAsync<PublishAnswer>("/api/publish", body, cancellationToken);
            return Report(call, call.Get(channel), call.Get(count), reply, clock.Elapsed.TotalMilliseconds);
        });
    }

    private static int Report(NodeCall call, string channel, int count, PublishAnswer reply, double milliseconds)
    {
        var stored = reply.Receipt;
        var receipt = new SendReceipt(stored.Outcome, stored.MessageId, stored.Reason);
        if (call.Json)
        {
            call.WriteJson(new PublishedMessage(channel, stored.Outcome, stored.Reason, stored.MessageId, stored.Partition, stored.Offset, Math.Round(milliseconds, 3), reply.Outcomes));
        }
        else if (count == 1)
        {
            var place = stored.Offset is { } offset ? $", partition {stored.Partition}, offset {offset}" : "";
            Terminal.WriteLine(call.Output, "", MessageOptions.Name(receipt), Outcomes.Colour(stored.Outcome), $" in {Plain.Milliseconds(milliseconds)}: {Outcomes.Meaning(receipt)}{place} [{stored.MessageId}]");
        }
        else
        {
            call.WriteLine($"{string.Join(", ", reply.Outcomes.OrderByDescending(one => one.Value).Select(one => $"{Plain.Count(one.Value)} {one.Key}"))} in {Plain.Milliseconds(milliseconds)}");
        }

        return Outcomes.AreGood(reply.Outcomes.Keys) ? ExitCode.Ok : ExitCode.Negative;
    }
}

/// <summary>The node's answer to a publish.</summary>
internal sealed record PublishAnswer(IReadOnlyDictionary<string, int> Outcomes, PublishedReceipt Receipt);

/// <summary>Of the last message: what became of it, and where it is, where that is known.</summary>
internal sealed record PublishedReceipt(SendOutcome Outcome, Guid MessageId, SendFailure Reason, int? Partition, ulong? Offset);

/// <summary>The outcome of a publish as <c>publish --json</c> writes it.</summary>
internal sealed record PublishedMessage(
    string Channel, SendOutcome Outcome, SendFailure Reason, Guid MessageId, int? Partition, ulong? Offset, double LatencyMilliseconds, IReadOnlyDictionary<string, int> Outcomes);
