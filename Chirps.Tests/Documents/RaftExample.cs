using Chirps.Engine.Membership;
using Chirps.Hosting;
using Chirps.Node.Raft;
using Chirps.Tests.Node;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Chirps.Tests.Documents;

/// <summary>The example of consensus over the mesh.</summary>
public sealed class RaftExample
{
    [Fact]
    public async Task The_example_of_a_group_runs()
    {
        var directory = Directory.CreateTempSubdirectory("chirps-sample-").FullName;
        string[] args = ["--Chirps:Mesh:NodeId=a", "--Chirps:Mesh:ListenAddress=127.0.0.1:0", $"--Chirps:Mesh:DataDirectory={directory}"];
        var builder = Host.CreateApplicationBuilder(args);
        builder.Services.AddChirps(builder.Configuration);
        using var host = builder.Build();
        await host.StartAsync();
        using var heard = new CancellationTokenSource(MeshFixture.Patience);
        var library = new Library(heard);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ServeAsync(host.Services.GetRequiredService<IRaftTransport>(), library, heard.Token));

        Assert.Equal("a: vote", library.Stepped);
        await host.StopAsync();
        Directory.Delete(directory, recursive: true);
    }

    // <sample>
    private static async Task ServeAsync(IRaftTransport transport, Library library, CancellationToken stop)
    {
        using var group = transport.Open(7);                      // the same number on every node
        do
        {
            while (group.TryReceive(out var delivery))
            {
                library.Step(delivery.From, delivery.Message);    // may be late, or of a former leader
            }

            foreach (var (peer, message) in library.TakeMessages())
            {
                group.Send(peer, message.Span);                   // never waits; lost when the peer is away
            }
        }
        while (await group.WaitToReceiveAsync(stop));
    }
    // </sample>

    /// <summary>Stands for a consensus library.</summary>
    private sealed class Library(CancellationTokenSource heard)
    {
        public string Stepped { get; private set; } = "";

        public void Step(MemberId from, ReadOnlyMemory<byte> message)
        {
            Stepped = $"{from}: {System.Text.Encoding.UTF8.GetString(message.Span)}";
            heard.Cancel();
        }

        public IEnumerable<(MemberId Peer, ReadOnlyMemory<byte> Message)> TakeMessages()
            => Stepped.Length == 0 ? [(MemberId.Parse("a"), "vote"u8.ToArray())] : [];
    }
}
