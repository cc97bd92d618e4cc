using Chirps.Node;
using Microsoft.Extensions.Configuration;

namespace Chirps.Tests.Node;

public sealed class OptionsReaderTests
{
    [Fact]
    public void Without_configuration_every_option_has_its_default()
    {
        var options = Read();

        Assert.Equal(("chirps", "127.0.0.1:42000", 8192), (options.Mesh.Cluster, options.Mesh.ListenAddress, options.Limits.ControlWindow));
    }

    [Fact]
    public void The_file_at_the_top_level_says_every_option_at_its_default()
    {
        var file = new ConfigurationBuilder().AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json")).Build();
        var fromFile = OptionsReader.Read(file, "Silo", "Http");
        var defaults = new MeshOptions();

        var keys = file.GetSection("Chirps").AsEnumerable().Where(pair => pair.Value is not null).Select(pair => pair.Key).ToHashSet();
        Assert.All(Flatten(defaults, "Chirps"), pair => Assert.Contains(pair.Split('=')[0], keys));
        Assert.All(typeof(SwimOptions).GetProperties(), property => Assert.Contains($"Chirps:Swim:{property.Name}", keys));
        Assert.Equal(defaults.Swim.ToSettings(defaults.State), fromFile.Swim.ToSettings(fromFile.State));
        fromFile.Swim = defaults.Swim;
        fromFile.Routes.Clear();
        Assert.Equal(Flatten(defaults, "Chirps"), Flatten(fromFile, "Chirps"));
    }

    [Theory]
    [InlineData("Chirps:Mesh:Clustre", "x", "Cluster")]
    [InlineData("Chirps:Unknown:Key", "x", "Mesh")]
    [InlineData("Chirps:Mesh:Clustre", "x", "Did you mean Chirps:Mesh:Cluster?")]
    [InlineData("Chirps:NodeId", "x", "Did you mean Chirps:Mesh:NodeId?")]
    [InlineData("Chirps:Limits:ControlBytes", "4 apples", "64KiB")]
    [InlineData("Chirps:Swim:IndirectProbes", "9", "0 to 8")]
    [InlineData("Chirps:Limits:ControlWindow", "many", "whole number")]
    [InlineData("Chirps:Limits:ControlWindow", "1000", "power of two")]
    [InlineData("Chirps:Limits:ControlBytes", "0", "1 to")]
    [InlineData("Chirps:Tls:ReloadInterval", "00:00:00.099", "100ms to 1d")]
    [InlineData("Chirps:Tls:ReloadInterval", "1.00:00:00.001", "100ms to 1d")]
    [InlineData("Chirps:Limits:ControlDeadline", "5", "00:00:00.250")]
    [InlineData("Chirps:Backends:Quic:Congestion", "vegas", "Reno, Cubic, Bbr")]
    [InlineData("Chirps:Backends:Quic:KeepAlive", "00:01:00", "IdleTimeout")]
    [InlineData("Chirps:Backends:Quic:DataLanes", "15", "1 to 14")]
    [InlineData("Chirps:Backends:Quic:DataLanes", "0", "1 to 14")]
    [InlineData("Chirps:Backends:Quic:UdpPayloadMax", "1199", "1200 to 65527")]
    [InlineData("Chirps:Backends:Quic:Provider", "msquic", "Auto, Ngtcp2, System")]
    [InlineData("Chirps:Backends:Quic:Resumption", "yes", "None, Tickets, EarlyData")]
    [InlineData("Chirps:Backends:Quic:AddressValidation", "never", "UnderLoad, Always")]
    [InlineData("Chirps:Tls:RenewWithin", "00:00:00", "1ms to 30d")]
    [InlineData("Chirps:Backends:Iggy:Url", "quic://host:8090", "iggy://")]
    [InlineData("Chirps:Backends:Iggy:Dialect", "new", "Auto, Classic, Vsr")]
    [InlineData("Chirps:Backends:Iggy:Durability", "sometimes", "Fsync, Interval, None")]
    [InlineData("Chirps:Backends:Iggy:Partitions", "0", "1 to 1000")]
    [InlineData("Chirps:Backends:Iggy:Partitions", "1001", "1 to 1000")]
    [InlineData("Chirps:Backends:Iggy:Port", "65536", "0 to 65535")]
    [InlineData("Chirps:Backends:Iggy:OutboxMessages", "-1", "0 to")]
    [InlineData("Chirps:Backends:Iggy:SendTimeout", "00:00:00", "1ms to 1d")]
    [InlineData("Chirps:Raft:WritesUnderWay", "65", "1 to 64")]
    [InlineData("Chirps:Raft:SendDeadline", "00:00:00", "1ms to 1h")]
    [InlineData("Chirps:Limits:DurableBytes", "60000001", "1 to 60000000")]
    [InlineData("Chirps:State:Initial:0", "chirps/iggy=x", "the node's own")]
    [InlineData("Chirps:State:Initial:0", "no pair", "key=value")]
    [InlineData("Chirps:State:Feed", "0", "1 to")]
    [InlineData("Chirps:State:Initial:0", "chirps/quic=x", "the node's own")]
    [InlineData("Chirps:Swim:Carrier", "tcp", "Quic, Udp")]
    [InlineData("Chirps:Udp:PacketBytesMax", "641", "642 to 65507")]
    [InlineData("Chirps:Udp:PacketBytesMax", "65508", "642 to 65507")]
    [InlineData("Chirps:Udp:PacketsPerSecond", "0", "1 to")]
    [InlineData("Chirps:Udp:PeerBurst", "0", "1 to")]
    [InlineData("Chirps:Udp:QuicPort", "65536", "0 to 65535")]
    [InlineData("Chirps:Udp:KeyReloadInterval", "00:00:00", "100ms to 1d")]
    [InlineData("Chirps:State:Fanout", "0", "1 to 16")]
    [InlineData("Chirps:Limits:ControlWindow", "131072", "65536")]
    [InlineData("Chirps:Mesh:ListenAddress", "localhost", "ip:port")]
    [InlineData("Chirps:Mesh:NodeId", "no spaces", "A-Z a-z")]
    [InlineData("Chirps:Mesh:Seeds:Nodes:0", "nowhere", "host:port")]
    public void A_mistake_names_its_key_and_what_is_accepted(string key, string value, string accepted)
    {
        var exception = Assert.Throws<MeshConfigurationException>(() => Read((key, value)));

        var problem = Assert.Single(exception.Problems);
        Assert.StartsWith(problem.Key, key, StringComparison.Ordinal);
        Assert.Contains(accepted, problem.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void All_mistakes_are_named_at_once()
    {
        var exception = Assert.Throws<MeshConfigurationException>(() => Read(("Chirps:Mesh:Clustre", "x"), ("Chirps:Limits:LoopInbox", "x")));

        Assert.Equal(["Chirps:Limits:LoopInbox", "Chirps:Mesh:Clustre"], exception.Problems.Select(problem => problem.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Listening_beyond_loopback_needs_a_certificate()
    {
        var exception = Assert.Throws<MeshConfigurationException>(() => Read(("Chirps:Mesh:ListenAddress", "0.0.0.0:42000"), ("Chirps:Mesh:AdvertiseAddress", "10.0.0.1:42000")));

        Assert.Equal("Chirps:Tls:CertPath", Assert.Single(exception.Problems).Key);
    }

    [Fact]
    public void Membership_over_udp_beyond_loopback_needs_a_file_of_keys()
    {
        var exception = Assert.Throws<MeshConfigurationException>(() => Read(
            ("Chirps:Mesh:ListenAddress", "10.0.0.1:42000"), ("Chirps:Tls:CertPath", "a"), ("Chirps:Tls:KeyPath", "b"), ("Chirps:Tls:CaPath", "c"), ("Chirps:Swim:Carrier", "udp")));

        Assert.Equal("Chirps:Udp:KeyPath", Assert.Single(exception.Problems).Key);
    }

    [Fact]
    public void The_ports_of_membership_over_udp_and_of_quic_must_differ()
    {
        var exception = Assert.Throws<MeshConfigurationException>(() => Read(("Chirps:Swim:Carrier", "udp"), ("Chirps:Udp:QuicPort", "42000")));

        Assert.Equal("Chirps:Udp:QuicPort", Assert.Single(exception.Problems).Key);
    }

    [Fact]
    public void A_route_to_a_backend_that_does_not_exist_is_a_mistake()
    {
        var exception = Assert.Throws<MeshConfigurationException>(() => Read(("Chirps:Routes:0:Profile", "Control"), ("Chirps:Routes:0:Backend", "pigeon")));

        Assert.Contains("pigeon", Assert.Single(exception.Problems).Problem, StringComparison.Ordinal);
    }

    private static MeshOptions Read(params (string Key, string Value)[] settings)
        => OptionsReader.Read(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(one => new KeyValuePair<string, string?>(one.Key, one.Value))).Build());

    private static IEnumerable<string> Flatten(object options, string path)
        => options.GetType().GetProperties().SelectMany(property => property.GetValue(options) switch
        {
            string text => [$"{path}:{property.Name}={text}"],
            System.Collections.IEnumerable list => list.Cast<object>().SelectMany((item, index) => Flatten(item, $"{path}:{property.Name}:{index}")),
            { } value when value.GetType().Namespace == "System" || value.GetType().IsEnum => [$"{path}:{property.Name}={value}"],
            { } section => Flatten(section, $"{path}:{property.Name}"),
            null => [],
        });
}
