using Chirps.Node;
using Chirps.Silo;
using Chirps.Silo.Demo;
using Chirps.Tests.Node;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Chirps.Tests.Operations;

/// <summary>Silos as they are run, in one process, on free ports; the first is the seed of the others.</summary>
internal sealed class Silos : IAsyncDisposable
{
    private readonly List<WebApplication> _apps = [];

    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("chirps-operations-").FullName;

    public IReadOnlyList<MeshNode> Nodes => [.. _apps.Select(app => app.Services.GetRequiredService<MeshNode>())];

    public IReadOnlyList<string> Addresses => [.. _apps.Select(app => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First())];

    public async Task StartAsync(string name, ILoggerProvider? logs = null, params string[] arguments)
    {
        string[] seeds = _apps.Count == 0 ? [] : [$"--Chirps:Mesh:Seeds:Nodes:0={Nodes[0].Membership.Self.Address}"];
        var app = SiloHost.Build(
        [
            $"--Chirps:Mesh:NodeId={name}", "--Chirps:Mesh:ListenAddress=127.0.0.1:0", $"--Chirps:Mesh:DataDirectory={Directory}",
            "--Chirps:Silo:HttpAddress=127.0.0.1:0", $"--Chirps:Silo:SiloPort={FreePort.Take()}", $"--Chirps:Silo:GatewayPort={FreePort.Take()}",
            .. seeds, .. arguments,
        ]);
        if (logs is not null)
        {
            app.Services.GetRequiredService<ILoggerFactory>().AddProvider(logs);
        }

        _apps.Add(app);
        await app.StartAsync();
        await MeshFixture.Eventually("all know each other", () => Nodes.All(node => node.Membership.Count(Chirps.Engine.Membership.MemberStatus.Alive) == _apps.Count));
    }

    public Task StopAsync(int index) => _apps[index].StopAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var app in _apps)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }

        System.IO.Directory.Delete(Directory, recursive: true);
    }
}
