using Chirps.Engine.Membership;
using Chirps.Node.Raft;
using Chirps.Tests.Node;
using Microsoft.Extensions.Logging.Abstractions;
using RaftKv.Core;
using RaftKv.Kv;
using RaftKv.Node;

namespace Chirps.Tests.Raft;

public sealed class RaftNodeTests : IAsyncLifetime
{
    private readonly MeshFixture _mesh = new();
    private readonly Dictionary<string, RaftNode> _nodes = [];
    private readonly List<RaftTransport> _transports = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var node in _nodes.Values)
        {
            await node.DisposeAsync();
        }

        foreach (var transport in _transports)
        {
            await transport.DisposeAsync();
        }

        await _mesh.DisposeAsync();
    }

    [Fact]
    public async Task A_node_whose_disk_fails_says_so_and_the_others_go_on()
    {
        await StartAsync(["a", "b", "c"], ["a", "b", "c"]);
        var (name, node) = await LeaderAsync();

        File.WriteAllText(Path.Combine(DirectoryOf(name), "log", "000000000002.log"), "in the way of the next file");
        while (!node.Failure.IsCompleted)
        {
            await AskAsync(one => one.ProposeAsync(1, Put(1000)));
        }

        Assert.IsAssignableFrom<IOException>(await node.Failure);
        Assert.NotEqual(KvAnswerKind.Applied, (await node.ProposeAsync(1, Put(1))).Kind);
        _nodes.Remove(name);
        await using var failed = node;
        Assert.Equal(KvAnswerKind.Applied, await AskAsync(one => one.ProposeAsync(1, Put(1))));
    }

    [Fact]
    public async Task A_command_that_fits_into_no_message_is_refused_and_the_group_goes_on()
    {
        await StartAsync(["a", "b", "c"], ["a", "b", "c"]);
        var bytesMax = _nodes["a"].CommandBytesMax - Put(0).Length;

        var tooLarge = await AskAsync(node => node.ProposeAsync(1, Put(bytesMax + 1)));
        var largest = await AskAsync(node => node.ProposeAsync(1, Put(bytesMax)));

        Assert.Equal((KvAnswerKind.TooLarge, KvAnswerKind.Applied), (tooLarge, largest));
        Assert.InRange(bytesMax, 4_000_000, 4 * 1024 * 1024);
    }

    [Fact]
    public async Task A_voter_beyond_the_limit_is_refused_and_the_node_goes_on()
    {
        await StartAsync(["a", "b", "c", "d", "e"], ["a", "b", "c", "d", "e", "f", "g", "h", "i"]);

        var tenth = await AskAsync(node => node.ChangeAsync(1, MemberId.Parse("j"), joins: true));

        Assert.Equal((KvAnswerKind.Refused, KvAnswerKind.Applied), (tenth, await AskAsync(node => node.ProposeAsync(1, Put(1)))));
    }

    [Fact]
    public async Task The_last_voter_cannot_be_removed()
    {
        await StartAsync(["a"], ["a"]);

        var removed = await AskAsync(node => node.ChangeAsync(1, MemberId.Parse("a"), joins: false));

        Assert.Equal((KvAnswerKind.Refused, KvAnswerKind.Applied), (removed, await AskAsync(node => node.ProposeAsync(1, Put(1)))));
    }

    private static byte[] Put(int bytes) => new KvCommand(Guid.Empty, 0, KvOperation.Put, "key", new byte[bytes]).Encode();

    private string DirectoryOf(string name) => Path.Combine(_mesh.Directory, "raft", name);

    private async Task StartAsync(string[] names, string[] voters)
    {
        foreach (var node in await _mesh.StartAsync(names))
        {
            var name = node.Membership.Self.Id.ToString();
            var transport = new RaftTransport(node);
            _transports.Add(transport);
            _nodes[name] = new RaftNode(transport, new RaftNodeOptions { DataDirectory = DirectoryOf(name), Voters = [.. voters.Select(MemberId.Parse)], Groups = 1, LogFileBytes = 16 * 1024 }, NullLogger.Instance);
        }
    }

    /// <summary>Asks whoever leads, and again when that has changed meanwhile.</summary>
    private async Task<KvAnswerKind> AskAsync(Func<RaftNode, Task<KvAnswer>> ask)
    {
        while (true)
        {
            var answer = await ask((await LeaderAsync()).Value);
            if (answer.Kind is not (KvAnswerKind.NotLeader or KvAnswerKind.Unknown or KvAnswerKind.Busy))
            {
                return answer.Kind;
            }
        }
    }

    private async Task<KeyValuePair<string, RaftNode>> LeaderAsync()
    {
        KeyValuePair<string, RaftNode>? found = null;
        await MeshFixture.Eventually("somebody leads", () =>
        {
            found = _nodes.Where(pair => pair.Value.Status.Any(status => status.Role == RaftRole.Leader && status.Commit > 0)).Select(pair => (KeyValuePair<string, RaftNode>?)pair).FirstOrDefault();
            return found is not null;
        });
        return found!.Value;
    }
}
