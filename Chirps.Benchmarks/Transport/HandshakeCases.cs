using System.Diagnostics;
using System.Net;
using Chirps.Benchmarks.Loopback;
using Chirps.Quic;

namespace Chirps.Benchmarks.Transport;

/// <summary>New connections: full, resumed, and with data in the first flight, directly and over a path with delay.</summary>
internal sealed class HandshakeCases(GoalTable table, string directory, Ports ports, int count)
{
    private const int Small = 64;

    /// <summary>Over the relay fewer connections suffice: the delay is the figure.</summary>
    private const int RelayedCount = 20;

    /// <summary>Tries to get a ticket before a case counts as not available.</summary>
    private const int TicketTries = 20;

    private static readonly TimeSpan _delay = TimeSpan.FromMilliseconds(5);

    public async Task RunAsync()
    {
        using var full = new QuicClient(directory, ports.Quic, Resumption.None);
        using var resumed = new QuicClient(directory, ports.Quic, Resumption.Tickets);
        using var early = new QuicClient(directory, ports.Quic, Resumption.EarlyData);
        var hasEarly = early.Endpoint.Features.HasFlag(TransportFeatures.EarlyData);
        var tls = TlsEnds.ClientOptions(directory);
        Func<Task<Timing>>[] cases =
        [
            () => TimeTls(tls),
            () => TimeQuic(full),
            () => TimeQuic(resumed),
            () => hasEarly ? TimeQuic(early, early: true) : Task.FromResult(default(Timing)),
            () => ports.System == 0 ? Task.FromResult(default(Timing)) : TimeSystem(),
        ];
        await Rounds.TakeTurns(cases, TicketTries);
        var direct = await Rounds.TakeTurns(cases, count);
        table.Section($"New connection with mutual TLS, microseconds ({count} each, in turn)");
        Print("SslStream", direct[0]);
        Print("Chirps.Quic, full", direct[1]);
        PrintKind("Chirps.Quic, resumed", direct[2], HandshakeKind.Resumed);
        PrintKind("Chirps.Quic, 0-RTT", direct[3], HandshakeKind.Early);
        if (ports.System != 0)
        {
            Print("System.Net.Quic", direct[4]);
        }

        table.AtMost("full handshake to SslStream", Connected(direct[1]).P50 / Connected(direct[0]).P50, 0.8, "x");
        table.AtMost("connect to first answer to SslStream", Answered(direct[1]).P50 / Answered(direct[0]).P50, 1.0, "x");
        CompareEarly("0-RTT first answer to full", direct[3], direct[1]);

        using var relay = new DelayRelay(new IPEndPoint(IPAddress.Loopback, ports.Quic), _delay);
        using var earlyRelay = new DelayRelay(new IPEndPoint(IPAddress.Loopback, ports.Quic), _delay);
        var delayed = await Rounds.TakeTurns<Timing>(
        [
            () => TimeQuic(full, through: relay.EndPoint),
            () => hasEarly ? TimeQuic(early, early: true, through: earlyRelay.EndPoint) : Task.FromResult(default(Timing)),
        ],
        RelayedCount);
        table.Section($"The same over a path with {2 * _delay.TotalMilliseconds} ms of round trip");
        Print("Chirps.Quic, full", delayed[0]);
        PrintKind("Chirps.Quic, 0-RTT", delayed[1], HandshakeKind.Early);
        CompareEarly("0-RTT first answer to full", delayed[1], delayed[0]);
    }

    private static async Task<Timing> TimeQuic(QuicClient client, bool early = false, IPEndPoint? through = null)
    {
        var (connected, answered, kind) = await client.TimeConnect(through, early);
        return new Timing(connected, answered, kind);
    }

    private async Task<Timing> TimeTls(System.Net.Security.SslClientAuthenticationOptions options)
    {
        var start = Stopwatch.GetTimestamp();
        await using var stream = await TlsEnds.ConnectAsync(ports.Tls, options);
        var connected = Stopwatch.GetTimestamp() - start;
        await Echo(stream);
        return new Timing(connected, Stopwatch.GetTimestamp() - start, HandshakeKind.Full);
    }

    private async Task<Timing> TimeSystem()
    {
        var start = Stopwatch.GetTimestamp();
        await using var connection = await SystemQuicEnds.ConnectAsync(directory, ports.System);
        var connected = Stopwatch.GetTimestamp() - start;
        var answered = await SystemQuicEnds.OnStream(connection, async stream =>
        {
            await Echo(stream);
            return Stopwatch.GetTimestamp() - start;
        });
        return new Timing(connected, answered, HandshakeKind.Full);
    }

    private static async Task Echo(Stream stream)
    {
        await stream.WriteAsync((byte[])[.. Order.Echo.ToBytes(), .. new byte[Small]]);
        await stream.ReadExactlyAsync(new byte[Small]);
    }

    private void Print(string name, List<Timing> timings)
    {
        var (connected, answered) = (Connected(timings), Answered(timings));
        table.Figure(name, $"handshake p50 {connected.P50,7:F0}  p99 {connected.P99,7:F0}   first answer p50 {answered.P50,7:F0}  p99 {answered.P99,7:F0}");
    }

    private void PrintKind(string name, List<Timing> timings, HandshakeKind kind)
    {
        var matching = timings.Where(timing => timing.Answered != 0 && timing.Kind == kind).ToList();
        if (matching.Count == 0)
        {
            table.Figure(name, "not available");
        }
        else
        {
            Print($"{name} ({matching.Count} of {timings.Count})", matching);
        }
    }

    private void CompareEarly(string name, List<Timing> early, List<Timing> full)
    {
        var matching = early.Where(timing => timing.Answered != 0 && timing.Kind == HandshakeKind.Early).ToList();
        if (matching.Count == 0)
        {
            table.Figure(name, "not available");
        }
        else
        {
            table.AtMost(name, Answered(matching).P50 / Answered(full).P50, 0.6, "x");
        }
    }

    private static Latency Connected(List<Timing> timings) => Latency.Of([.. timings.Select(timing => timing.Connected)]);

    private static Latency Answered(List<Timing> timings) => Latency.Of([.. timings.Select(timing => timing.Answered)]);

    /// <summary>One new connection, in ticks of <see cref="Stopwatch"/>.</summary>
    private readonly record struct Timing(long Connected, long Answered, HandshakeKind Kind);
}
