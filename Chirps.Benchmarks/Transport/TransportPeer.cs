using System.Diagnostics;
using Chirps.Benchmarks.Loopback;
using Chirps.Quic;

namespace Chirps.Benchmarks.Transport;

/// <summary>The other process: the answering side of every transport.</summary>
internal sealed class TransportPeer : IDisposable
{
    private readonly ChildProcess _process;

    private TransportPeer(ChildProcess process)
    {
        _process = process;
        Ports = new Ports(Port(0), Port(1), Port(2), Port(3));
        int Port(int field) => int.Parse(process.Fields[field], null);
    }

    public Ports Ports { get; }

    public static async Task<TransportPeer> StartAsync(string directory) => new(await ChildProcess.StartAsync("transport-peer", directory));

    /// <summary>What the process does until its input ends.</summary>
    public static async Task<int> RunAsync(string directory)
    {
        using var endpoint = QuicTransport.Open(QuicClient.Options(directory, Certificates.Server), new QuicServer());
        var ports = $"{endpoint.LocalEndPoint.Port} {Baselines.StartUdpEcho()} {TlsEnds.Listen(directory)} {await SystemQuicEnds.ListenAsync(directory)}";
        await ChildProcess.ServeAsync(ports, _ => Task.FromResult(ProcessFigures.Take().ToString()));
        return 0;
    }

    public async Task<ProcessFigures> FiguresAsync() => ProcessFigures.Parse(await _process.AskAsync());

    public void Dispose() => _process.Dispose();
}

/// <summary>Where the peer listens. System is 0 when there is no System.Net.Quic.</summary>
internal readonly record struct Ports(int Quic, int Udp, int Tls, int System);

/// <summary>What a process uses.</summary>
internal readonly record struct ProcessFigures(long ResidentBytes, TimeSpan Cpu, long AllocatedBytes)
{
    /// <summary>Of this process, after a full collection.</summary>
    public static ProcessFigures Take()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        using var process = Process.GetCurrentProcess();
        return new ProcessFigures(process.WorkingSet64, process.TotalProcessorTime, GC.GetTotalAllocatedBytes(precise: true));
    }

    public static ProcessFigures Parse(string[] fields) => new(long.Parse(fields[0], null), TimeSpan.FromTicks(long.Parse(fields[1], null)), long.Parse(fields[2], null));

    public override string ToString() => $"{ResidentBytes} {Cpu.Ticks} {AllocatedBytes}";
}
