using Chirps.Node;
using Chirps.Silo.Configuration;
using Chirps.Tests.Fakes;
using Chirps.Tests.Node;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Chirps.Tests.Silo;

/// <summary>A file of the configuration changes while the silo runs.</summary>
public sealed class ConfigurationReloadTests : IAsyncLifetime
{
    private readonly RunningSilo _silo = new();
    private string _file = "";

    public Task InitializeAsync()
    {
        _file = Path.Combine(_silo.Directory, "chirps.toml");
        File.WriteAllText(_file, "");
        return _silo.StartAsync("--config", _file);
    }

    public Task DisposeAsync() => _silo.DisposeAsync().AsTask();

    [Fact]
    public async Task Log_levels_and_limits_follow_the_file()
    {
        var loggers = _silo.App.Services.GetRequiredService<ILoggerFactory>();
        var node = _silo.App.Services.GetRequiredService<MeshNode>();

        File.WriteAllText(_file, "[logging.levels]\n\"Chirps.Node\" = \"Error\"\n[limits]\ncontrol_bytes = 10\n");

        await MeshFixture.Eventually("the log level follows", () => !loggers.CreateLogger("Chirps.Node").IsEnabled(LogLevel.Information));
        await MeshFixture.Eventually("the limit follows", () => node.SendAsync(node.Membership.Self.Id, new byte[11], Profile.Control, "t").AsTask().GetAwaiter().GetResult().Reason == FailureReason.TooLarge);
    }

    [Fact]
    public async Task What_waits_for_a_restart_is_named_and_a_mistake_changes_nothing()
    {
        var logger = new RecordingLogger();
        var layers = new ConfigurationLayers(["--config", _file, "--Chirps:Mesh:NodeId=solo"]);
        using var reloader = new ConfigurationReloader(layers, new LiveConfiguration(NodeSettings.Read(layers).Settings), _silo.App.Services, TimeProvider.System, new Recorder(logger));
        await reloader.StartedAsync(CancellationToken.None);

        File.WriteAllText(_file, "[limits]\ncontrol_bytes = \"many\"\n");
        await MeshFixture.Eventually("the mistake is told", () => logger.At(LogLevel.Warning).Any(line => line.Contains("Chirps:Limits:ControlBytes: 'many' cannot be read", StringComparison.Ordinal)));
        File.WriteAllText(_file, "[swim]\nperiod = \"300ms\"\n[silo]\ndashboard = false\n");
        await MeshFixture.Eventually(
            "the keys are named", () => logger.At(LogLevel.Warning).Any(line => line.Contains("only after a restart", StringComparison.Ordinal) && line.Contains("Chirps:Silo:Dashboard", StringComparison.Ordinal) && line.Contains("Chirps:Swim:Period", StringComparison.Ordinal)));
    }

    private sealed class Recorder(RecordingLogger logger) : ILogger<ConfigurationReloader>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            => logger.Log(logLevel, eventId, state, exception, formatter);
    }
}
