using System.Collections;
using Chirps.Node;
using Chirps.Silo.Commands;
using Chirps.Silo.Configuration;

namespace Chirps.Tests.Silo;

/// <summary><c>chirps config</c> as it is typed, and which source wins.</summary>
public sealed class ConfigCommandTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("chirps-config-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void The_command_line_wins_over_the_environment_over_files_over_defaults()
    {
        var toml = Write("a.toml", "[mesh]\ncluster = \"file\"\nnode_id = \"file\"\nlisten_addr = \"127.0.0.1:1\"\n");
        var environment = new Hashtable { ["Chirps__Mesh__NodeId"] = "environment", ["Chirps__Mesh__ListenAddress"] = "127.0.0.1:2" };

        var mesh = NodeSettings.Read(new ConfigurationLayers(["--config", toml, "--listen", "127.0.0.1:3"], environment)).Mesh.Mesh;

        Assert.Equal(("file", "environment", "127.0.0.1:3", "run"), (mesh.Cluster, mesh.NodeId, mesh.ListenAddress, mesh.DataDirectory));
    }

    [Fact]
    public void A_later_file_wins_and_its_list_takes_the_place_of_the_whole_list()
    {
        var first = Write("a.toml", "[mesh.seeds]\nnodes = [\"a:1\", \"b:1\", \"c:1\"]\n[limits]\ncontrol_bytes = \"1MiB\"");
        var second = Write("b.json", """{"Chirps":{"Mesh":{"Seeds":{"Nodes":["d:1"]}},"Routes":[{"Profile":"Control","Backend":"quic"}]}}""");

        var mesh = NodeSettings.ReadValid(new ConfigurationLayers(["--config", first, "--config", second], new Hashtable())).Mesh;

        Assert.Equal(["d:1"], mesh.Mesh.Seeds.Nodes);
        Assert.Equal(1 << 20, mesh.Limits.ControlBytes);
        Assert.Single(mesh.Routes);
    }

    [Fact]
    public async Task Every_mistake_of_every_source_is_named_with_its_key_and_place()
    {
        var toml = Write("bad.toml", "[mesh]\nclustre = \"x\"\n[limits]\ncontrol_bytes = \"lots\"\nloop_inbox = 1\n");

        var typed = await Type("config", "check", "--config", toml, "--Chirps:Swim:Period=fast", "--Logging:LogLevel:Default=Loud");

        Assert.Equal((ExitCode.Usage, ""), (typed.Code, typed.Output));
        Assert.Equal(
            [
                "Chirps:Limits:ControlBytes: 'lots' cannot be read; it must be a whole number of bytes, 65536 or 64KiB for example (bad.toml, line 4)",
                "Chirps:Limits:LoopInbox: 1 is outside of 16 to 1048576 (bad.toml, line 5)",
                $"Chirps:Swim:Period: 'fast' cannot be read; it must be {Quantities.DurationExample} (command line)",
                "Logging:LogLevel:Default: 'Loud' is no level; one of Trace, Debug, Information, Warning, Error, Critical, None is needed (command line)",
                "bad.toml, line 2: mesh.clustre: there is no such key; did you mean mesh.cluster?",
            ],
            typed.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_good_configuration_is_exit_code_0_and_a_missing_file_is_a_mistake()
    {
        var good = await Type("config", "check", "--json", "--id", "a");
        var missing = await Type("config", "check", "--config", Path.Combine(_directory, "none.toml"));
        var broken = await Type("config", "check", "--config", Write("c.json", "{\n  \"Chirps\": {\n"));

        Assert.True(good.Json.GetProperty("ok").GetBoolean());
        Assert.Equal((0, ExitCode.Usage, ExitCode.Usage), (good.Code, missing.Code, broken.Code));
        Assert.Contains("none.toml: cannot be read", missing.Error, StringComparison.Ordinal);
        Assert.Contains("c.json, line ", broken.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_shown_has_its_source_and_no_secret()
    {
        var toml = Write("a.toml", "[mesh.backends.iggy]\nurl = \"iggy://me:s3cret@h:8090\"\n[limits]\ncontrol_deadline = \"2s\"");

        var all = await Type("config", "show", "--config", toml);
        var changed = await Type("config", "show", "--changed", "--json", "--config", toml, "--id", "a");

        Assert.Equal(0, all.Code);
        Assert.DoesNotContain("s3cret", all.Output + changed.Output, StringComparison.Ordinal);
        Assert.Contains("iggy://me:***@h:8090", all.Output, StringComparison.Ordinal);
        Assert.All(ConfigurationLayers.Options.Where(option => !option.IsList), option => Assert.Contains($"\n{option.Key} ", all.Output, StringComparison.Ordinal));
        Assert.Equal(
            ["Chirps:Mesh:NodeId=a (command line)", "Chirps:Backends:Iggy:Url=iggy://me:***@h:8090 (a.toml, line 2)", "Chirps:Limits:ControlDeadline=2s (a.toml, line 4)"],
            changed.Json.EnumerateArray().Select(row => $"{row.GetProperty("key")}={row.GetProperty("value")} ({row.GetProperty("origin")})"));
    }

    [Fact]
    public async Task Nothing_changed_is_said_in_words() => Assert.Equal("Every value is at its default.", (await Type("config", "show", "--changed")).Output.TrimEnd());

    [Theory]
    [InlineData("""{"Chirps":{"Routes":[{"Profile":"Control","Backend":"quic"},{"Profile":"Ephemeral","Backend":"quic"},{"Profile":"Durable","Backend":"iggy"}]}}""", 0)]
    [InlineData("""{"Chirps":{"Routes":[{"Profile":"Control","Backend":"quic"}]}}""", 2)]
    [InlineData("""{"Chirps":{"Mesh":{"Seeds":{"Nodes":["10.0.0.7:42000"]}}}}""", 1)]
    public async Task A_list_is_changed_when_it_says_something_else_as_a_whole(string json, int rows)
    {
        var changed = await Type("config", "show", "--changed", "--json", "--config", Write("list.json", json));

        Assert.Equal(rows, changed.Json.GetArrayLength());
    }

    [Fact]
    public async Task A_key_is_explained_with_its_limits_and_whether_it_needs_a_restart()
    {
        var known = await Type("config", "explain", "ControlBytes");
        var unknown = await Type("config", "explain", "ControlByte");

        var json = (await Type("config", "explain", "ControlBytes", "--json")).Json;
        Assert.Equal(("Chirps:Limits:ControlBytes", "4194304", "1 to 268435456"), (json.GetProperty("key").GetString(), json.GetProperty("default").GetString(), json.GetProperty("limits").GetString()));
        Assert.Contains("1 to 268435456", known.Output, StringComparison.Ordinal);
        Assert.Contains("restart: no, up to what it was at the start", known.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Negative, unknown.Code);
        Assert.Contains("Did you mean 'ControlBytes'?", unknown.Error, StringComparison.Ordinal);
    }

    private static Task<Typed> Type(params string[] arguments) => RunningSilo.TypeAsync(CancellationToken.None, arguments);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_directory, name);
        File.WriteAllText(path, text);
        return path;
    }
}
