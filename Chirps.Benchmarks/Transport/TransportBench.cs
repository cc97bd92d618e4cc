using Chirps.Benchmarks.Loopback;
using Chirps.Quic;

namespace Chirps.Benchmarks.Transport;

/// <summary>
/// The transport between two processes on one machine, beside raw UDP, SslStream over TCP and, where it loads,
/// System.Net.Quic, all with mutual TLS 1.3 and in one run. Rounds of all cases take turns; what counts is the ratio of
/// median rounds.
/// </summary>
internal sealed class TransportBench : IAsyncDisposable
{
    private const int Small = 64;
    private const int Message = 256;
    private const long Mebibyte = 1 << 20;

    private readonly GoalTable _table = new();
    private readonly string _directory;
    private readonly bool _quick;
    private readonly IReadOnlyCollection<string> _sections;
    private readonly TransportPeer _peer;
    private readonly QuicClient _client;
    private ITransportConnection _chirps = null!;
    private System.Net.Quic.QuicConnection? _system;

    private TransportBench(string directory, bool quick, IReadOnlyCollection<string> sections, TransportPeer peer)
    {
        _directory = directory;
        _quick = quick;
        _sections = sections;
        _peer = peer;
        _client = new QuicClient(directory, peer.Ports.Quic);
    }

    private int RoundCount => _quick ? 3 : 7;

    /// <param name="quick">Fewer and shorter rounds.</param>
    /// <param name="sections">Names of the sections to run; none for all.</param>
    public static async Task<int> RunAsync(bool quick, IReadOnlyCollection<string> sections)
    {
        Machine.Print();
        var directory = Path.Combine(Path.GetTempPath(), $"chirps-transport-{Environment.ProcessId}");
        Certificates.Create(directory);
        try
        {
            using var peer = await TransportPeer.StartAsync(directory);
            await using var bench = new TransportBench(directory, quick, sections, peer);
            await bench.RunAsync();
            return 0;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_system != null)
        {
            await _system.DisposeAsync();
        }

        _client.Dispose();
    }

    private async Task RunAsync()
    {
        _chirps = await _client.ConnectAsync();
        _system = _peer.Ports.System == 0 ? null : await SystemQuicEnds.ConnectAsync(_directory, _peer.Ports.System);
        Console.WriteLine(_system == null ? $"{_client.Endpoint.Provider}; no System.Net.Quic here" : $"{_client.Endpoint.Provider}; System.Net.Quic");
        (string Name, Func<Task> Run)[] sections =
        [
            ("latency", RoundTrips),
            ("messages", Messages),
            ("bulk", Bulk),
            ("urgent", Urgent),
            ("handshakes", new HandshakeCases(_table, _directory, _peer.Ports, _quick ? 60 : 300).RunAsync),
            ("flood", new FloodCases(_table, _chirps, _peer.Ports.Quic, Small, _quick ? 3_000 : 10_000).RunAsync),
            ("memory", Memory),
            ("many", ManyConnections),
        ];
        foreach (var (_, run) in sections.Where(section => _sections.Count == 0 || _sections.Contains(section.Name)))
        {
            await run();
        }

        _table.Summary();
    }

    private async Task RoundTrips()
    {
        var count = _quick ? 3_000 : 10_000;
        await QuicCases.RoundTrips(_chirps, Small, count);
        var results = await Rounds.TakeTurns(
        [
            () => Baselines.UdpRoundTrips(_peer.Ports.Udp, Small, count),
            () => OnTls(stream => StreamCases.RoundTrips(stream, Small, count)),
            () => QuicCases.RoundTrips(_chirps, Small, count),
            .. OnSystem(stream => StreamCases.RoundTrips(stream, Small, count)),
        ],
        RoundCount);
        var figures = results.Select(Latency.Median).ToArray();
        _table.Section($"Round trip of {Small} bytes, microseconds ({RoundCount} rounds of {count})");
        foreach (var (name, figure) in Names("raw UDP").Zip(figures))
        {
            _table.Figure(name, $"p50 {figure.P50,7:F1}  p99 {figure.P99,7:F1}");
        }

        _table.AtMost("p50 to SslStream", figures[2].P50 / figures[1].P50, 1.3, "x");
        if (_system != null)
        {
            _table.AtMost("p50 to System.Net.Quic", figures[2].P50 / figures[3].P50, 0.8, "x");
        }

        _table.AtMost("p99", figures[2].P99, 300, "us");
        await _peer.FiguresAsync();
        var first = (await _peer.FiguresAsync()).AllocatedBytes;
        var second = (await _peer.FiguresAsync()).AllocatedBytes; // what the question costs
        var ours = await QuicCases.RoundTripAllocations(_chirps, Small, 2 * count);
        var third = (await _peer.FiguresAsync()).AllocatedBytes;
        var theirs = (third - second - (second - first)) / (2.0 * count);
        _table.AtMost("allocated per round trip, client", Math.Round(ours), 0, "B");
        _table.AtMost("allocated per round trip, server", Math.Round(theirs), 0, "B");
    }

    private async Task Messages()
    {
        var count = _quick ? 300_000 : 1_000_000;
        var slow = count / 5;
        await QuicCases.Messages(_chirps, Message, count);
        var results = await Rounds.TakeTurns(
        [
            () => OnTls(stream => StreamCases.Messages(stream, Message, slow)),
            () => QuicCases.Messages(_chirps, Message, count),
            .. OnSystem(stream => StreamCases.Messages(stream, Message, slow)),
        ],
        RoundCount);
        var figures = results.Select(Throughput.Best).ToArray();
        _table.Section($"Messages of {Message} bytes one way on one connection, one write each ({RoundCount} rounds of {count})");
        foreach (var (name, figure) in Names().Zip(figures))
        {
            _table.Figure(name, $"{figure.PerSecond / 1000,8:F0} k/s  {figure.BytesPerMessage,6:F2} B allocated per message");
        }

        _table.AtLeast("messages per second", figures[1].PerSecond / 1e6, 1.5, "million");
        _table.AtLeast("to SslStream", figures[1].PerSecond / figures[0].PerSecond, 10, "x");
        if (_system != null)
        {
            _table.AtLeast("to System.Net.Quic", figures[1].PerSecond / figures[2].PerSecond, 10, "x");
        }

        _table.AtMost("allocated per message, client", Math.Round(figures[1].BytesPerMessage), 0, "B");
    }

    private async Task Bulk()
    {
        var bytes = (_quick ? 128 : 512) * Mebibyte;
        await QuicCases.Bulk(_chirps, bytes);
        var results = await Rounds.TakeTurns(
        [
            () => OnTls(stream => StreamCases.Bulk(stream, bytes)),
            () => QuicCases.Bulk(_chirps, bytes),
            .. OnSystem(stream => StreamCases.Bulk(stream, bytes)),
        ],
        RoundCount);
        var figures = results.Select(Rounds.Median).ToArray();
        _table.Section($"Bulk on one stream ({RoundCount} rounds of {bytes >> 20} MiB)");
        foreach (var (name, figure) in Names().Zip(figures))
        {
            _table.Figure(name, $"{figure,8:F0} MB/s");
        }

        _table.AtLeast("to SslStream", figures[1] / figures[0], 1.0, "x");
        if (_system != null)
        {
            _table.AtLeast("to System.Net.Quic", figures[1] / figures[2], 1.6, "x");
        }
    }

    private async Task Urgent()
    {
        var count = _quick ? 200 : 1_000;
        var results = await Rounds.TakeTurns(
        [
            () => QuicCases.Urgent(_chirps, Small, count, 0),
            () => QuicCases.Urgent(_chirps, Small, count, 64 * Mebibyte),
        ],
        Math.Min(RoundCount, 5));
        var (idle, busy) = (Latency.Median(results[0]), Latency.Median(results[1]));
        _table.Section($"{Small} bytes at level 0 beside 64 MiB transfers at level 7 on the same connection, microseconds ({count} with pauses)");
        _table.Figure("alone", $"p50 {idle.P50,7:F1}  p99 {idle.P99,7:F1}");
        _table.Figure("beside bulk", $"p50 {busy.P50,7:F1}  p99 {busy.P99,7:F1}");
        _table.AtMost("p50 to alone", busy.P50 / idle.P50, 4, "x");
        _table.AtMost("p99", busy.P99 / 1000, 5, "ms");
    }

    private async Task Memory()
    {
        var count = _quick ? 200 : 1_000;
        _table.Section($"Resident memory of an idle connection, both ends together ({count} connections, processes of their own)");
        string[] kinds = _system == null ? ["tls", "chirps"] : ["tls", "chirps", "system"];
        foreach (var (name, kind) in Names().Zip(kinds))
        {
            var kibibytes = await IdleClient.MeasureAsync(kind, _directory, count) / 1024;
            if (kind == "chirps")
            {
                _table.AtMost(name, kibibytes, 80, "KiB");
            }
            else
            {
                _table.Figure(name, $"{kibibytes,9:F1} KiB");
            }
        }
    }

    private async Task ManyConnections()
    {
        const int Connections = 100;
        const int PerSecond = 10;
        var duration = TimeSpan.FromSeconds(_quick ? 3 : 10);
        using var client = new QuicClient(_directory, _peer.Ports.Quic);
        var exchanges = new QuicExchange[Connections];
        for (var index = 0; index < Connections; index++)
        {
            exchanges[index] = new QuicExchange(await client.ConnectAsync(), Order.Echo, 0);
        }

        var (oursBefore, theirsBefore) = (ProcessFigures.Take(), await _peer.FiguresAsync());
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / PerSecond));
        var message = new byte[Small];
        for (var tick = 0; tick < duration.TotalSeconds * PerSecond; tick++)
        {
            await timer.WaitForNextTickAsync();
            await Task.WhenAll(exchanges.Select(exchange => exchange.AskAsync(message, Small).AsTask()));
        }

        var (ours, theirs) = (ProcessFigures.Take(), await _peer.FiguresAsync());
        _table.Section($"{Connections} connections of one endpoint, each {PerSecond} round trips a second");
        _table.Figure("client", Describe(oursBefore, ours));
        _table.Figure("server", Describe(theirsBefore, theirs));
        string Describe(ProcessFigures before, ProcessFigures after)
            => $"{(after.Cpu - before.Cpu) / duration,6:P1} of a core, {after.ResidentBytes / Mebibyte} MiB resident";
    }

    private IEnumerable<string> Names(params string[] before)
        => _system == null ? [.. before, "SslStream", "Chirps.Quic"] : [.. before, "SslStream", "Chirps.Quic", "System.Net.Quic"];

    private async Task<T> OnTls<T>(Func<Stream, Task<T>> run)
    {
        await using var stream = await TlsEnds.ConnectAsync(_peer.Ports.Tls, TlsEnds.ClientOptions(_directory));
        return await run(stream);
    }

    private IEnumerable<Func<Task<T>>> OnSystem<T>(Func<Stream, Task<T>> run)
        => _system is { } connection ? [() => SystemQuicEnds.OnStream(connection, run)] : [];
}
