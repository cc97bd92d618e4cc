using System.Text;
using Chirps.Engine.Membership;
using Chirps.Hosting;
using Chirps.Node;
using Chirps.Node.Raft;
using Chirps.Tests.Cluster;
using Chirps.Tests.Node;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Chirps.Tests.Raft;

public sealed class RaftHostTests
{
    [Fact]
    public async Task A_host_without_Orleans_gets_the_transport_with_its_node()
    {
        var directory = Directory.CreateTempSubdirectory("chirps-raft-host-").FullName;
        var options = new MeshOptions();
        (options.Mesh.NodeId, options.Mesh.ListenAddress, options.Mesh.DataDirectory) = ("a", "127.0.0.1:0", directory);
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddChirps(options);
        using (var host = builder.Build())
        {
            await host.StartAsync();
            using var group = host.Services.GetRequiredService<IRaftTransport>().Open(1);

            group.Send(MemberId.Parse("a"), "hello"u8);
            await group.WaitToReceiveAsync().AsTask().WaitAsync(MeshFixture.Patience);

            Assert.True(group.TryReceive(out var delivery));
            Assert.Equal("hello"u8.ToArray(), delivery.Message.ToArray());
            await host.StopAsync();
        }

        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task Grains_of_two_silos_talk_within_a_group()
    {
        var directory = Directory.CreateTempSubdirectory("chirps-raft-grain-").FullName;
        await using (var a = await MeshCluster.StartAsync("a", directory))
        {
            await using var b = await MeshCluster.StartAsync("b", directory, a.Node.Membership.Self.Address.ToString());
            await MeshFixture.Eventually("both know each other", () => a.Node.Membership.Count(MemberStatus.Alive) == 2 && b.Node.Membership.Count(MemberStatus.Alive) == 2);
            var (from, to) = (a.Client.GetGrain<IRaftGroupGrain>(5), b.Client.GetGrain<IRaftGroupGrain>(5));
            await from.Open();
            await to.Open();
            await to.Open();

            var answer = from.Request(new NodeId("b"), "ping"u8.ToArray(), MeshFixture.Patience);
            var request = Assert.Single(await to.Receive(10, MeshFixture.Patience));
            Assert.True(await to.Answer(request, "pong"u8.ToArray()));

            Assert.Equal((new NodeId("a"), "ping"), (request.From, Encoding.UTF8.GetString(request.Message.Span)));
            Assert.Equal("pong", Encoding.UTF8.GetString((await answer)!.Value.Span));
            Assert.Empty(await to.Receive(10, TimeSpan.FromMilliseconds(1)));
            await to.Close();
            await Assert.ThrowsAsync<InvalidOperationException>(() => to.Send(new NodeId("a"), new byte[1]));
        }

        Directory.Delete(directory, recursive: true);
    }
}
