using System.Net;
using Chirps.Iggy.Durable;
using Chirps.Iggy.Embedded;
using Chirps.Node;
using Chirps.Silo;
using Chirps.Silo.Demo;
using Chirps.Tests.Node;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Streams;

namespace Chirps.Tests.Silo;

/// <summary>What becomes of queued messages, on the Orleans stream of a silo whose server comes later.</summary>
public sealed class OutboxStreamTests
{
    [Fact]
    public async Task Delivered_messages_of_the_outbox_are_on_the_stream()
    {
        var directory = Directory.CreateTempSubdirectory("chirps-silo-").FullName;
        var port = FreePort.Take();
        await using (var app = SiloHost.Build(
        [
            "--Chirps:Mesh:NodeId=solo", "--Chirps:Mesh:ListenAddress=127.0.0.1:0", $"--Chirps:Mesh:DataDirectory={directory}", $"--Chirps:Backends:Iggy:Url=iggy://iggy:secret@127.0.0.1:{port}?dialect=classic",
            "--Chirps:Silo:HttpAddress=127.0.0.1:0", $"--Chirps:Silo:SiloPort={FreePort.Take()}", $"--Chirps:Silo:GatewayPort={FreePort.Take()}",
        ]))
        {
            await app.StartAsync();
            var delivered = new TaskCompletionSource<OutboxEvent>(TaskCreationOptions.RunContinuationsAsynchronously);
            var stream = app.Services.GetRequiredService<IClusterClient>().GetStreamProvider(ChirpsStreams.Provider).GetStream<OutboxEvent>(ChirpsStreams.Outbox);
            await stream.SubscribeAsync((change, _) =>
            {
                delivered.TrySetResult(change);
                return Task.CompletedTask;
            });
            var receipt = await app.Services.GetRequiredService<IDurableChannels>().PublishAsync("orders", "x"u8.ToArray());
            Assert.Equal(Outcome.Queued, receipt.Outcome);

            var options = new EmbeddedIggyOptions { Endpoint = new IPEndPoint(IPAddress.Loopback, port), DataDirectory = Path.Combine(directory, "server"), Password = "secret" };
            await using var server = await EmbeddedIggyServer.StartAsync(options, TimeProvider.System, NullLoggerFactory.Instance);
            var change = await delivered.Task.WaitAsync(MeshFixture.Patience);

            Assert.Equal((OutboxEventKind.Delivered, "orders", 0), (change.Kind, change.Channel, change.Waiting));
            Assert.Equal([receipt.MessageId], change.MessageIds);
            Assert.Equal([0ul], change.Offsets);
            await app.StopAsync();
        }

        Directory.Delete(directory, recursive: true);
    }
}
