using Chirps.Tests.Quic;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Streams;

namespace Chirps.Tests.Cluster;

public sealed class DurableMeshTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("chirps-durable-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Silos_share_durable_channels_wherever_in_the_mesh_the_server_is_hosted()
    {
        await using var host = await MeshCluster.StartAsync("a", _directory);
        var heardAtHost = await SubscribeAsync(host);
        await using var joined = await MeshCluster.StartAsync("b", _directory, (await host.Mesh.Self()).Address);
        var heard = await SubscribeAsync(joined);

        await PublishAsync(host, 0);
        await PublishAsync(joined, 1);

        await heard.Until(2);
        await heardAtHost.Until(2);
        Assert.Equal([0, 1], heard.Numbers.Order());
        Assert.Equal(["a", "b"], heard.Entries.OrderBy(DurableObserver.Number).Select(entry => entry.From.Value));
    }

    /// <summary>From the beginning: a silo may find the server after the other one has published.</summary>
    private static async Task<DurableObserver> SubscribeAsync(MeshCluster cluster)
    {
        var observer = new DurableObserver();
        _ = await StreamOf(cluster).SubscribeAsync(observer, DurableToken.Beginning);
        return observer;
    }

    /// <summary>Publishes as soon as the silo has found the server; refused before.</summary>
    private static async Task PublishAsync(MeshCluster cluster, int number)
    {
        var entry = DurableCluster.Entry(number) with { MessageId = Guid.NewGuid() };
        using var timeout = new CancellationTokenSource(Expect.Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (true)
        {
            try
            {
                await StreamOf(cluster).OnNextAsync(entry);
                return;
            }
            catch (DurablePublishException) when (!timeout.IsCancellationRequested)
            {
                await timer.WaitForNextTickAsync(CancellationToken.None);
            }
        }
    }

    private static IAsyncStream<DurableEntry> StreamOf(MeshCluster cluster)
        => cluster.SiloServices.GetRequiredService<IClusterClient>().GetStreamProvider(ChirpsStreams.DurableProvider).GetStream<DurableEntry>(ChirpsStreams.Durable("shared"));
}
