using Chirps.Engine.Membership;
using Chirps.Node;
using Chirps.Node.Raft;
using Chirps.Tests.Node;

namespace Chirps.Tests.Documents;

/// <summary>The example of consensus over the mesh.</summary>
public sealed class RaftExample
{
    [Fact]
    public async Task The_example_of_a_group_runs()
    {
        await using var mesh = new MeshFixture();
        var nodes = await mesh.StartAsync("a", "b");
        await using var transport = new RaftTransport(nodes[0]);
        await using var other = new RaftTransport(nodes[1]);
        using var heard = new CancellationTokenSource(MeshFixture.Patience);
        var library = new Library(heard);

        var serving = ServeAsync(other, library, heard.Token);
        using var group = transport.Open(7);
        await MeshFixture.Eventually("the library was stepped", () =>
        {
            group.Send(MemberId.Parse("b"), "vote"u8);
            return heard.IsCancellationRequested;
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => serving);
        Assert.Equal("a: vote", library.Stepped);
    }

    // <sample>
    private static async Task ServeAsync(IRaftTransport transport, Library library, CancellationToken stop)
    {
        using var group = transport.Open(7);                      // the same number on every node
        while (await group.WaitToReceiveAsync(stop))
        {
            while (group.TryReceive(out var delivery))
            {
                library.Step(delivery.From, delivery.Message);    // may be late, repeated, or of a former leader
            }

            foreach (var (peer, message) in library.TakeMessages())
            {
                group.Send(peer, message.Span);                   // never waits; lost when the peer is away
            }
        }
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

        public IEnumerable<(MemberId Peer, ReadOnlyMemory<byte> Message)> TakeMessages() => [];
    }
}
