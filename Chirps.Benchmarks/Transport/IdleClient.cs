using System.Net.Security;
using Chirps.Benchmarks.Loopback;

namespace Chirps.Benchmarks.Transport;

/// <summary>A process of its own that opens connections and leaves them idle, so that its memory is theirs.</summary>
internal static class IdleClient
{
    /// <summary>Opened before the first look at memory, so that libraries and code are loaded.</summary>
    private const int WarmUp = 50;

    /// <summary>Handshakes at a time.</summary>
    private const int Together = 20;

    /// <summary>What the process does: each line of input is a number of connections to open.</summary>
    public static async Task<int> RunAsync(string kind, string directory, int port)
    {
        using var quic = kind == "chirps" ? new QuicClient(directory, port) : null;
        var tls = TlsEnds.ClientOptions(directory);
        var held = new List<object>();
        Func<Task<object>> open = kind switch
        {
            "chirps" => async () => await quic!.ConnectAsync(),
            "tls" => async () => await Greet(await TlsEnds.ConnectAsync(port, tls)),
            _ => async () => await Greet(await SystemQuicEnds.ConnectAsync(directory, port)),
        };
        await ChildProcess.ServeAsync("ready", async line =>
        {
            for (var left = int.Parse(line, null); left > 0; left -= Together)
            {
                held.AddRange(await Task.WhenAll(Enumerable.Range(0, Math.Min(left, Together)).Select(_ => open())));
            }

            return ProcessFigures.Take().ToString();
        });
        return held.Count > 0 ? 0 : 1;
    }

    /// <summary>Resident bytes that one more idle connection costs both processes together.</summary>
    public static async Task<double> MeasureAsync(string kind, string directory, int count)
    {
        using var peer = await TransportPeer.StartAsync(directory);
        var port = kind switch { "chirps" => peer.Ports.Quic, "tls" => peer.Ports.Tls, _ => peer.Ports.System };
        using var client = await ChildProcess.StartAsync("transport-idle", kind, directory, $"{port}");
        var before = await Both(WarmUp);
        var after = await Both(count);
        return (after - before) / (double)count;

        async Task<long> Both(int open)
            => ProcessFigures.Parse(await client.AskAsync($"{open}")).ResidentBytes + (await peer.FiguresAsync()).ResidentBytes;
    }

    private static async Task<SslStream> Greet(SslStream stream)
    {
        await StreamCases.RoundTrips(stream, 1, 1);
        return stream;
    }

    private static async Task<System.Net.Quic.QuicConnection> Greet(System.Net.Quic.QuicConnection connection)
    {
        await SystemQuicEnds.OnStream(connection, stream => StreamCases.RoundTrips(stream, 1, 1));
        return connection;
    }
}
