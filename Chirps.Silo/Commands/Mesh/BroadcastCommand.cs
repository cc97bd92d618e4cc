using System.CommandLine;
using System.Diagnostics;
using Chirps.Silo.Commands.Client;
using Chirps.Silo.Commands.Display;

namespace Chirps.Silo.Commands.Mesh;

/// <summary>Sends a message to every member and says what became of each copy.</summary>
internal static class BroadcastCommand
{
    public static Command Make(NodeAccess access)
    {
        var text = new Argument<string>("text") { Description = "The message" };
        var topic = MessageOptions.Topic();
        var profile = MessageOptions.Profile();
        return access.Serve(new Command("broadcast", "Send a message to every member, and say what became of each copy") { text, topic, profile }, async (call, cancellationToken) =>
        {
            var clock = Stopwatch.StartNew();
            var receipt = await call.Node.PostAsync<BroadcastReceipt>("/api/broadcast", new { topic = call.Get(topic), profile = call.Get(profile), text = call.Get(text) }, cancellationToken);
            return Report(call, receipt, clock.Elapsed.TotalMilliseconds);
        });
    }

    private static int Report(NodeCall call, BroadcastReceipt receipt, double milliseconds)
    {
        var all = receipt.Members.Select(one => one.Receipt).Concat(receipt.Stored is { } stored ? [stored] : []).ToList();
        if (call.Json)
        {
            call.WriteJson(new BroadcastMessage(
                [.. receipt.Members.Select(one => new BroadcastCopy(one.Member, one.Receipt.Outcome, one.Receipt.Reason, one.Receipt.MessageId))], receipt.Stored, Math.Round(milliseconds, 3)));
        }
        else if (receipt.Stored is { } durable)
        {
            Terminal.WriteLine(call.Output, "", MessageOptions.Name(durable), Outcomes.Colour(durable.Outcome), $" in {Plain.Milliseconds(milliseconds)}: {Outcomes.Meaning(durable)}{MessageOptions.Id(durable)}");
        }
        else
        {
            var table = new TextTable(new("MEMBER"), new("OUTCOME"), new("MEANING"));
            foreach (var (member, one) in receipt.Members.Select(one => (one.Member, one.Receipt)))
            {
                table.Add((member.Value, null), (MessageOptions.Name(one), Outcomes.Colour(one.Outcome)), (Outcomes.Meaning(one), null));
            }

            if (receipt.Members.Count > 0)
            {
                table.Print(call.Output);
            }

            call.WriteLine(receipt.Members.Count == 0 ? "No other member is there to get it." : $"{all.Count(one => Outcomes.IsGood(one.Outcome))} of {receipt.Members.Count} in {Plain.Milliseconds(milliseconds)}.");
        }

        return all.Count > 0 && all.TrueForAll(one => Outcomes.IsGood(one.Outcome)) ? ExitCode.Ok : ExitCode.Negative;
    }
}

/// <summary>The outcome of a broadcast as <c>broadcast --json</c> writes it.</summary>
internal sealed record BroadcastMessage(IReadOnlyList<BroadcastCopy> Members, SendReceipt? Stored, double LatencyMilliseconds);

/// <summary>One member's copy of it.</summary>
internal sealed record BroadcastCopy(NodeId Member, SendOutcome Outcome, SendFailure Reason, Guid MessageId);
