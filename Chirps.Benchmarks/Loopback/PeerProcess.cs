using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Chirps.Node;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Streams;

namespace Chirps.Benchmarks.Loopback;

/// <summary>The other process: a bare node and a silo whose subscribers take every message, and the servers of the baselines.</summary>
internal sealed class PeerProcess : IDisposable
{
    /// <summary>The bare node, whose subscriber takes every message.</summary>
    public const string NodeName = "peer";

    /// <summary>The silo, whose messages go on to a subscriber of an Orleans stream.</summary>
    public const string SiloName = "peer-silo";

    /// <summary>The topic of both.</summary>
    public const string Topic = "bench";

    private readonly ChildProcess _process;

    private PeerProcess(ChildProcess process)
    {
        _process = process;
        Mesh = process.Fields[0];
        UdpPort = int.Parse(process.Fields[1], null);
        TlsPort = int.Parse(process.Fields[2], null);
    }

    public string Mesh { get; }

    public int UdpPort { get; }

    public int TlsPort { get; }

    /// <summary>Starts the process.</summary>
    public static async Task<PeerProcess> StartAsync(string directory) => new(await ChildProcess.StartAsync("peer", directory));

    /// <summary>What the process does: until its input ends. Answers each line with its allocated bytes and received messages.</summary>
    public static async Task<int> RunAsync(string directory)
    {
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        await using var node = await MeshNode.StartAsync(BenchSilo.Options(directory, NodeName), services.GetRequiredService<IMeterFactory>(), NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None);
        using var subscription = node.Subscribe(Topic);
        _ = Task.Run(() => Drain(subscription));
        var mesh = node.Membership.Self.Address.ToString();
        await using var silo = await BenchSilo.StartAsync(directory, SiloName, mesh);
        long streamed = 0;
        await silo.Cluster.GetStreamProvider(ChirpsStreams.Provider).GetStream<MeshMessage>(ChirpsStreams.Messages(Topic)).SubscribeAsync((_, _) =>
        {
            Interlocked.Increment(ref streamed);
            return Task.CompletedTask;
        });
        await ChildProcess.ServeAsync(
            $"{mesh} {Baselines.StartUdpEcho()} {Baselines.StartTlsEcho(Certificate())}",
            _ => Task.FromResult($"{GC.GetTotalAllocatedBytes(precise: true)} {subscription.Received + Interlocked.Read(ref streamed)}"));
        return 0;
    }

    /// <summary>Bytes the peer has allocated and messages it has received.</summary>
    public async Task<(long Allocated, long Received)> StateAsync()
    {
        var fields = await _process.AskAsync();
        return (long.Parse(fields[0], null), long.Parse(fields[1], null));
    }

    public void Dispose() => _process.Dispose();

    private static async Task Drain(MeshSubscription subscription)
    {
        while (await subscription.Messages.WaitToReadAsync())
        {
            while (subscription.Messages.TryRead(out var message))
            {
                message.Dispose();
            }
        }
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest("CN=peer", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddDays(1));
    }
}
