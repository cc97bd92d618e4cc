using System.Text;
using Chirps.Grains;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Streams;

namespace Chirps.Tests.Documents;

/// <summary>The example of the README.</summary>
internal static class ReadmeExample
{
    public static async Task Run(string[] args, Action<string> print, CancellationToken stop)
    {
        // <sample>
        var builder = WebApplication.CreateBuilder(args);
        builder.UseOrleans(silo => silo.UseLocalhostClustering().AddChirps());   // options: section "Chirps"
        await using var app = builder.Build();
        await app.StartAsync(stop);

        var client = app.Services.GetRequiredService<IClusterClient>();
        var streams = client.GetStreamProvider(ChirpsStreams.Provider);
        var mesh = client.GetGrain<IMeshGrain>(IMeshGrain.LocalKey);

        // Membership: joined, suspect, dead, left.
        await streams.GetStream<MembershipEvent>(ChirpsStreams.Membership).SubscribeAsync((change, _) =>
        {
            print($"{change.Member.Id} is {change.Member.State}");
            return Task.CompletedTask;
        });

        // Messages of one topic, from any member.
        await streams.GetStream<MeshMessage>(ChirpsStreams.Messages("orders")).SubscribeAsync((message, _) =>
        {
            print($"{message.From}: {Encoding.UTF8.GetString(message.Payload.Span)}");
            return Task.CompletedTask;
        });

        // Send to each member, and say what is certain about each message.
        foreach (var member in await mesh.Members())
        {
            var receipt = await mesh.SendTo(member.Id, "hello"u8.ToArray(), MessageProfile.Control, "orders", cancellationToken: stop);
            print($"to {member.Id}: {receipt.Outcome} {receipt.Reason}");
        }
        // </sample>
    }
}
