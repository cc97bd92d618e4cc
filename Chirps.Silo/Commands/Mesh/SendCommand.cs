using System.CommandLine;
using System.Diagnostics;
using Chirps.Silo.Commands.Client;
using Chirps.Silo.Commands.Display;
using Chirps.Silo.Http;

namespace Chirps.Silo.Commands.Mesh;

/// <summary>Sends a message to one member and says what became of it.</summary>
internal static class SendCommand
{
    public static Command Make(NodeAccess access)
    {
        var target = new Argument<NodeId>("member")
        {
            Description = "Name of the member",
            CustomParser = result => NodeId.IsValid(result.Tokens[0].Value) ? new NodeId(result.Tokens[0].Value) : Refuse(result),
        };
        var topic = MessageOptions.Topic();
        var profile = MessageOptions.Profile();
        var deadline = MessageOptions.Deadline();
        var lane = MessageOptions.Lane();
        var id = new Option<Guid?>("--id") { Description = "Message id (UUID) that makes a repeated send harmless", HelpName = "uuid" };
        var noWait = new Option<bool>("--no-wait") { Description = "Fail at once instead of waiting for room or a connection" };
        var count = new Option<int>("--count") { Description = "Send it so many times", DefaultValueFactory = _ => 1, HelpName = "n" };
        var concurrency = new Option<int>("--concurrency") { Description = "So many of them at a time", DefaultValueFactory = _ => 64, HelpName = "n" };
        var command = new Command("send", "Send a message to one member, and say what became of it") { target };
        var payload = new Payload(command);
        foreach (var option in new Option[] { topic, profile, deadline, lane, id, noWait, count, concurrency })
        {
            command.Options.Add(option);
        }

        return access.Serve(command, async (call, cancellationToken) =>
        {
            var request = new SendRequest(
                call.Get(target), call.Get(topic)!, call.Get(profile), null, await payload.ReadAsync(call, cancellationToken),
                MessageOptions.Milliseconds(call.Get(deadline)), call.Get(noWait), call.Get(lane), call.Get(id), call.Get(count), call.Get(concurrency));
            var clock = Stopwatch.StartNew();
            var reply = await call.Node.PostAsync<SendReply>("/api/send", request, cancellationToken);
            return Report(call, request, reply, clock.Elapsed.TotalMilliseconds);
        });
    }

    private static int Report(NodeCall call, SendRequest request, SendReply reply, double milliseconds)
    {
        var receipt = reply.Receipt!;
        if (call.Json)
        {
            call.WriteJson(new SentMessage(
                request.Target, request.Topic, request.Profile, receipt.Outcome, receipt.Reason, receipt.MessageId, receipt.Offset, Math.Round(milliseconds, 3), reply.Outcomes));
        }
        else if (request.Count == 1)
        {
            Terminal.WriteLine(call.Output, "", MessageOptions.Name(receipt), Outcomes.Colour(receipt.Outcome), $" in {Plain.Milliseconds(milliseconds)}: {Outcomes.Meaning(receipt)}{MessageOptions.Id(receipt)}");
        }
        else
        {
            call.WriteLine($"{string.Join(", ", reply.Outcomes.OrderByDescending(one => one.Value).Select(one => $"{Plain.Count(one.Value)} {one.Key}"))} in {Plain.Milliseconds(milliseconds)}; of the last: {Outcomes.Meaning(receipt)}");
        }

        return Outcomes.AreGood(reply.Outcomes.Keys) ? ExitCode.Ok : ExitCode.Negative;
    }

    private static NodeId Refuse(System.CommandLine.Parsing.ArgumentResult result)
    {
        result.AddError($"'{result.Tokens[0].Value}' is no name of a member: 1 to 63 characters out of A-Z a-z 0-9 . _ - are needed, the first one a letter or digit.");
        return default;
    }
}

/// <summary>The outcome of a send as <c>send --json</c> writes it.</summary>
internal sealed record SentMessage(
    NodeId Target, string Topic, MessageProfile Profile, SendOutcome Outcome, SendFailure Reason, Guid MessageId, ulong? Offset, double LatencyMilliseconds, IReadOnlyDictionary<string, int> Outcomes);
