using System.Collections.Concurrent;
using System.Text.Json;
using Chirps.Engine.Membership;
using Chirps.Node;
using Chirps.Silo.Telemetry;
using Chirps.Tests.Node;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chirps.Tests.Operations;

/// <summary>What a silo logs: records for programs, no line for each message, and no secret.</summary>
public sealed class LogTests : IAsyncLifetime
{
    private const string Secret = "s3cr3t-do-not-log";

    private readonly Silos _silos = new();
    private readonly JsonLines _lines = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _silos.DisposeAsync().AsTask();

    [Fact]
    public async Task A_change_of_status_is_the_published_record()
    {
        await _silos.StartAsync("node-1", _lines);
        await _silos.StartAsync("node-2");
        await _silos.StopAsync(1);
        await MeshFixture.Eventually("node-1 has logged that node-2 left", () => Changes().Any(change => change.GetProperty("new_status").GetString() == "left"));

        var joined = Changes().First();
        Assert.Equal(("INFO", "chirps", "node-2", "none", "alive"), (Text(joined, "level"), Text(joined, "component"), Text(joined, "node_id"), Text(joined, "old_status"), Text(joined, "new_status")));
        Assert.Equal("alive", Text(Changes().Last(), "old_status"));
        Assert.True(Changes().Last().TryGetProperty("last_ping_ms", out var ping) && ping.ValueKind is JsonValueKind.Number or JsonValueKind.Null);
        Assert.True(DateTimeOffset.TryParse(Text(joined, "timestamp"), out _));
        Assert.Contains(_lines.All, line => Text(line, "event") == "peer_connected");

        IEnumerable<JsonElement> Changes() => _lines.All.Where(line => Text(line, "event") == "node_status_change");
    }

    [Fact]
    public async Task Messages_leave_no_line_in_the_log_even_at_its_finest()
    {
        await _silos.StartAsync("a", _lines, "--Logging:LogLevel:Chirps=Trace");
        await _silos.StartAsync("b");
        using var subscription = _silos.Nodes[1].Subscribe("t");
        await _silos.Nodes[0].SendAsync(MemberId.Parse("b"), default, Profile.Control, "t");
        var before = Lines();

        for (var sent = 0; sent < 200; sent++)
        {
            await _silos.Nodes[0].SendAsync(MemberId.Parse("b"), default, sent % 2 == 0 ? Profile.Control : Profile.Ephemeral, "t");
        }

        Assert.InRange(Lines() - before, 0, 20);

        int Lines() => _lines.All.Count(line => Text(line, "component") == "chirps");
    }

    [Fact]
    public async Task No_secret_of_the_configuration_is_ever_logged()
    {
        await _silos.StartAsync(
            "a",
            _lines,
            "--Logging:LogLevel:Default=Trace",
            $"--Chirps:Backends:Iggy:Url=iggy://user:{Secret}@127.0.0.1:9",
            "--Chirps:Silo:Otlp:Endpoint=http://127.0.0.1:9",
            $"--Chirps:Silo:Otlp:Headers=authorization=Bearer {Secret}",
            $"--Chirps:Http:Token={Secret}");
        await _silos.Nodes[0].BroadcastAsync(new byte[1], Profile.Durable, "t");
        await MeshFixture.Eventually("the server could not be reached", () => _lines.All.Any(line => line.GetProperty("event_id").GetInt32() == 3003));

        var keys = Directory.EnumerateFiles(_silos.Directory, "*.key", SearchOption.AllDirectories).SelectMany(File.ReadLines).Where(line => line.Length > 40).ToArray();
        Assert.NotEmpty(keys);
        Assert.DoesNotContain(_lines.All, line => line.GetRawText().Contains(Secret, StringComparison.Ordinal));
        Assert.DoesNotContain(_lines.All, line => keys.Any(part => line.GetRawText().Contains(part, StringComparison.Ordinal)));
    }

    private static string? Text(JsonElement line, string name) => line.TryGetProperty(name, out var value) ? value.ToString() : null;

    /// <summary>Formats entries as the console would, and keeps them.</summary>
    private sealed class JsonLines : ILoggerProvider
    {
        private readonly ConcurrentQueue<JsonElement> _all = new();
        private readonly JsonLineFormatter _formatter = new(TimeProvider.System);

        public IReadOnlyList<JsonElement> All => [.. _all];

        public ILogger CreateLogger(string categoryName) => new Lines(this, categoryName);

        public void Dispose()
        {
        }

        private sealed class Lines(JsonLines owner, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                using var text = new StringWriter();
                owner._formatter.Write(new LogEntry<TState>(logLevel, category, eventId, state, exception, formatter), null, text);
                owner._all.Enqueue(JsonDocument.Parse(text.ToString()).RootElement);
            }
        }
    }
}
