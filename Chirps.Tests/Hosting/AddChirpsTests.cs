using Chirps.Engine.Membership;
using Chirps.Hosting;
using Chirps.Node;
using Chirps.Tests.Node;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Chirps.Tests.Hosting;

public sealed class AddChirpsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("chirps-hosting-").FullName;

    [Fact]
    public async Task Hosts_without_Orleans_find_each_other_and_talk_and_leave_in_order()
    {
        using var first = Build("a", seed: null);
        await first.StartAsync();
        var a = first.Services.GetRequiredService<IMeshNode>();
        using var second = Build("b", a.Membership.Self.Address.ToString());
        await second.StartAsync();
        var b = second.Services.GetRequiredService<IMeshNode>();
        await Task.WhenAll(a.Joined, b.Joined).WaitAsync(MeshFixture.Patience);
        await MeshFixture.Eventually("a sees b", () => a.Membership.Count(MemberStatus.Alive) == 2);
        using var orders = b.Subscribe("orders");

        var result = await a.SendAsync(MemberId.Parse("b"), "1"u8.ToArray(), Profile.Control, "orders");
        await second.StopAsync();

        Assert.Equal(Outcome.Delivered, result.Outcome);
        await MeshFixture.Eventually("a sees that b left", () => a.Membership.Count(MemberStatus.Left) == 1);
        await first.StopAsync();
    }

    [Fact]
    public async Task A_service_may_take_the_node_in_its_constructor_and_still_has_it_while_it_stops()
    {
        using var host = Build("a", seed: null, services => services.AddSingleton<Worker>().AddHostedService(provider => provider.GetRequiredService<Worker>()));
        await host.StartAsync();
        var worker = host.Services.GetRequiredService<Worker>();

        await host.StopAsync();

        Assert.Equal(MemberStatus.Alive, worker.SelfWhileStopping);
    }

    [Fact]
    public void A_mistake_in_the_configuration_names_its_key()
    {
        var exception = Assert.Throws<MeshConfigurationException>(() => Build("a", seed: null, setting: ("Chirps:Swim:Perod", "1")));

        Assert.Contains("Chirps:Swim:Perod", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mistake_made_in_code_names_its_key()
    {
        var exception = Assert.Throws<MeshConfigurationException>(() => new ServiceCollection().AddChirps(new ConfigurationManager(), options => options.Mesh.ListenAddress = "here"));

        Assert.Contains("Chirps:Mesh:ListenAddress", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_node_in_one_host_is_refused()
        => Assert.Throws<InvalidOperationException>(() => new ServiceCollection().AddChirps(new MeshOptions()).AddChirps(new MeshOptions()));

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private IHost Build(string name, string? seed, Action<IServiceCollection>? services = null, (string Key, string Value)? setting = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Chirps:Mesh:NodeId"] = name,
            ["Chirps:Mesh:ListenAddress"] = "127.0.0.1:0",
            ["Chirps:Mesh:DataDirectory"] = _directory,
            [seed is null ? "Unused" : "Chirps:Mesh:Seeds:Nodes:0"] = seed,
            [setting?.Key ?? "Unused"] = setting?.Value,
        });
        builder.Services.AddChirps(builder.Configuration);
        services?.Invoke(builder.Services);
        return builder.Build();
    }

    private sealed class Worker(IMeshNode node) : IHostedService
    {
        public MemberStatus SelfWhileStopping { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            SelfWhileStopping = node.Membership.Self.Status;
            return Task.CompletedTask;
        }
    }
}
