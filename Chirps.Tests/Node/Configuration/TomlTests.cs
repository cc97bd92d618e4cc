using Chirps.Node;
using Chirps.Node.Toml;

namespace Chirps.Tests.Node.Configuration;

/// <summary>TOML as text, and the settings a file of it makes.</summary>
public sealed class TomlTests
{
    private static readonly IReadOnlyList<OptionEntry> _options = [.. OptionCatalog.Of(new MeshOptions(), MeshOptions.Section)];

    [Fact]
    public void Every_kind_of_value_is_read_with_its_line()
    {
        var values = TomlReader.Read(
            """
            # a comment
            a.b = "x\t\u00e9" # another
            "quoted key" = 'C:\path'
            n = [1_000, 0x10, -3,
                 0b101, # in an array
            ]
            f = 2.5e3
            t = { on = true, off = false }
            long = '''
            two
            lines'''
            [[list]]
            k = 1
            [[list]]
            k = 2
            [list.sub]
            e = []
            """);

        Assert.Equal(
            [
                "2 a/b=x\té", "3 quoted key=C:\\path", "4 n/0=1000", "4 n/1=16", "4 n/2=-3", "5 n/3=5", "7 f=2.5e3", "8 t/on=true", "8 t/off=false", "9 long=two\nlines",
                "13 list/0/k=1", "15 list/1/k=2", "17 list/1/sub/e=",
            ],
            values.Select(value => $"{value.Line} {string.Join('/', value.Path)}={value.Text}"));
    }

    [Theory]
    [InlineData("a = 1\na = 2", 2, "there already")]
    [InlineData("[t]\n[t]", 2, "there already")]
    [InlineData("a", 1, "not followed by =")]
    [InlineData("a = ", 1, "no value")]
    [InlineData("a = yes", 1, "stands in quotes: \"yes\"")]
    [InlineData("\na = \"x", 2, "not ended")]
    [InlineData("a = 1 b = 2", 1, "not expected here")]
    [InlineData("a = [1 2]", 1, "parted by commas")]
    [InlineData("a = [1,\n2", 1, "not ended by ]")]
    [InlineData("[t", 1, "not ended by ]")]
    [InlineData("a = \"\\q\"", 1, "no escape \\q")]
    [InlineData("= 1", 1, "is no key")]
    public void A_mistake_is_named_with_its_line(string text, int line, string problem)
    {
        var exception = Assert.Throws<TomlException>(() => TomlReader.Read(text));

        Assert.Equal(line, exception.Line);
        Assert.Contains(problem, exception.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void The_tables_of_the_published_example_are_understood()
    {
        var settings = Read(
            """
            [mesh]
            listen_addr = "127.0.0.1:7000"
            node_id = "node-1"  # Auto-generated if omitted
            [mesh.seeds]
            nodes = ["seed1:7000", "seed2:7000"]
            [mesh.backends.quic]
            type = "quic"
            listen_addr = "127.0.0.1:42000"
            [mesh.backends.iggy]
            type = "iggy"
            url = "iggy://iggy-cluster:8090"
            stream = "events"
            [[mesh.routes]]
            profile = "Control"
            backend = "quic"
            [[mesh.routes]]
            profile = "Durable"
            backend = "iggy"
            [mesh.tls]
            cert_path = "node.crt"
            [gossip]
            max_sends = 4
            interval_ms = 250
            [network]
            max_inbound_rate = 500
            [probes]
            indirect_k = 2
            suspect_timeout_ms = 3000
            [metrics]
            server_port = 9100
            [logging]
            level = "Debug"
            [logging.levels]
            "Chirps.Node" = "Trace"
            """);

        Assert.Equal(
            [
                "Chirps:Backends:Iggy:Stream=events", "Chirps:Backends:Iggy:Url=iggy://iggy-cluster:8090", "Chirps:Mesh:ListenAddress=127.0.0.1:7000", "Chirps:Mesh:NodeId=node-1",
                "Chirps:Mesh:Seeds:Nodes:0=seed1:7000", "Chirps:Mesh:Seeds:Nodes:1=seed2:7000", "Chirps:Routes:0:Backend=quic", "Chirps:Routes:0:Profile=Control", "Chirps:Routes:1:Backend=iggy",
                "Chirps:Routes:1:Profile=Durable", "Chirps:Silo:HttpAddress=127.0.0.1:9100", "Chirps:Swim:Carrier=Udp", "Chirps:Swim:GossipFanout=4", "Chirps:Swim:GossipInterval=250ms",
                "Chirps:Swim:IndirectProbes=2", "Chirps:Swim:SuspicionMin=3000ms", "Chirps:Tls:CertPath=node.crt", "Chirps:Udp:PacketsPerSecond=500", "Chirps:Udp:QuicPort=42000",
                "Logging:LogLevel:Chirps.Node=Trace", "Logging:LogLevel:Default=Debug",
            ],
            settings.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("[limits]\ncontrol_bytes = \"8MiB\"", "Chirps:Limits:ControlBytes=8MiB")]
    [InlineData("swim.period_ms = 200", "Chirps:Swim:Period=200ms")]
    [InlineData("[mesh.limits]\ncontrol_deadline = \"5s\"", "Chirps:Limits:ControlDeadline=5s")]
    [InlineData("[mesh.backends.quic]\nlisten_addr = \"127.0.0.1:42000\"", "Chirps:Mesh:ListenAddress=127.0.0.1:42000")]
    [InlineData("[mesh.seeds]\nnodes = []", "Chirps:Mesh:Seeds:Nodes=")]
    public void Every_option_has_a_name_in_small_letters(string text, string setting) => Assert.Equal([setting], Read(text));

    [Theory]
    [InlineData("[mesh]\nnode_idd = \"a\"", "c.toml, line 2: mesh.node_idd", "did you mean mesh.node_id?")]
    [InlineData("[limits]\nnode_id = \"a\"", "c.toml, line 2: limits.node_id", "did you mean mesh.node_id?")]
    [InlineData("[network]\ncluster_key = \"abc\"", "c.toml, line 2: network.cluster_key", "chirps keys new")]
    [InlineData("[gossip]\nfanout = 50", "c.toml, line 2: gossip.fanout", "gossip.max_sends")]
    [InlineData("[mesh.backends.quic]\ntype = \"tcp\"", "c.toml, line 2: mesh.backends.quic.type", "not \"tcp\"")]
    [InlineData("[mesh]\nlisten_addr = \"127.0.0.1:1\"\n[mesh.backends.quic]\nlisten_addr = \"127.0.0.2:2\"", "c.toml, line 4: mesh.backends.quic.listen_addr", "only the port may differ")]
    public void A_key_that_sets_nothing_is_named_with_its_line_and_a_way_out(string text, string key, string problem)
    {
        var problems = new List<(string Key, string Problem)>();

        TomlConfiguration.Read(text, "c.toml", _options, problems);

        Assert.Equal(key, Assert.Single(problems).Key);
        Assert.Contains(problem, problems[0].Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_option_can_be_set_under_its_name()
        => Assert.All(
            _options.Where(option => !option.IsList),
            option => Assert.Equal([$"{option.Key}=1"], Read($"{TomlKeys.NameOf(option.Key)} = \"1\"")));

    private static IEnumerable<string> Read(string text)
    {
        var problems = new List<(string Key, string Problem)>();
        var settings = TomlConfiguration.Read(text, "c.toml", _options.Append(new OptionEntry("Chirps:Silo:HttpAddress", typeof(NodeOptions).GetProperty("NodeId")!, typeof(string), false, "")), problems);
        Assert.Empty(problems);
        return settings.Select(one => $"{one.Key}={one.Value}");
    }
}
