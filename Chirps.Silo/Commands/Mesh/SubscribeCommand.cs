using System.CommandLine;
using System.Text.Json;
using Chirps.Silo.Commands.Client;
using Chirps.Silo.Commands.Display;
using Chirps.Silo.Http;

namespace Chirps.Silo.Commands.Mesh;

/// <summary>The messages of a topic as the node gets them.</summary>
internal static class SubscribeCommand
{
    public static Command Make(NodeAccess access)
    {
        var topic = new Argument<string>("topic") { Description = "The topic" };
        var count = StreamOptions.Count("messages");
        return access.Serve(new Command("subscribe", "Show the messages of a topic that come to the node, until Ctrl-C") { topic, count }, (call, cancellationToken) =>
            StreamOptions.RunAsync(
                call,
                $"/api/subscribe?topic={Uri.EscapeDataString(call.Get(topic))}",
                call.Get(count),
                begin: () => call.Error.WriteLine($"subscribed to {Plain.Line(call.Get(topic))}; Ctrl-C ends it"),
                take: data =>
                {
                    Print(call, data);
                    return Task.CompletedTask;
                },
                cancellationToken));
    }

    private static void Print(NodeCall call, JsonElement data)
    {
        if (call.Json)
        {
            call.WriteRaw(data);
            return;
        }

        var message = data.Deserialize<MessageReply>(NodeClient.Json)!;
        call.WriteLine($"{Plain.Clock(DateTimeOffset.Now)}  {message.From.Value,-16}  {message.Profile,-9}  {Plain.Line(message.Text, message.Base64)}");
    }
}
