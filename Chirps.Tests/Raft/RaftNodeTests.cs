using Chirps.Engine.Membership;
using Chirps.Node.Raft;
using Chirps.Tests.Node;
using Microsoft.Extensions.Logging.Abstractions;
using RaftKv.Core;
using RaftKv.Kv;
using RaftKv.Node;

namespace Chirps.Tests.Raft;

public sealed class RaftNodeTests : IAsyncDisposable
{
    private readonly MeshFixture _mesh = new();
    private readonly Dictionary<string, RaftNode> _nodes = [];
    private readonly List<RaftTransport> _transports = [];

    public async ValueTask DisposeAsync()
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
    public async Task A_leader_whose_disk_fails_says_so_and_another_takes_its_place()
    {
        await StartAsync(["a", "b", "c"], ["a", "b", "c"]);
        var leader = await LeaderAsync();

        File.WriteAllText(Path.Combine(DirectoryOf(leader.Key), "log", "000000000002.log"), "in the way of the next file");
        while (!leader.Value.Failure.IsCompleted)
        {
            await leader.Value.ProposeAsync(1, Put(1000));
        }

        Assert.IsAssignableFrom<IOException>(await leader.Value.Failure);
        Assert.Equal(KvAnswerKind.NotLeader, (await leader.Value.ProposeAsync(1, Put(1))).Kind);
        _nodes.Remove(leader.Key);
        await using var failed = leader.Value;

        // A leader may be followed by another one before it has answered.
        var answer = KvAnswerKind.Unknown;
        while (answer is KvAnswerKind.Unknown or KvAnswerKind.NotLeader)
        {
            answer = (await (await LeaderAsync()).Value.ProposeAsync(1, Put(1))).Kind;
        }

        Assert.Equal(KvAnswerKind.Applied, answer);
    }

    [Fact]
    public async Task A_command_that_fits_into_no_message_is_refused_and_the_group_goes_on()
    {
        await StartAsync(["a", "b", "c"], ["a", "b", "c"]);
        var node = (await LeaderAsync()).Value;
        var rest = Put(0).Length;

        var tooLarge = await node.ProposeAsync(1, Put(node.CommandBytesMax - rest + 1));
        var largest = await node.ProposeAsync(1, Put(node.CommandBytesMax - rest)).WaitAsync(MeshFixture.Patience);

        Assert.Equal((KvAnswerKind.TooLarge, KvAnswerKind.Applied), (tooLarge.Kind, largest.Kind));
        Assert.InRange(node.CommandBytesMax, 4_000_000, 4 * 1024 * 1024);
    }

    [Fact]
    public async Task A_voter_beyond_the_limit_is_refused_and_the_node_goes_on()
    {
        await StartAsync(["a", "b", "c", "d", "e"], ["a", "b", "c", "d", "e", "f", "g", "h", "i"]);
        var node = (await LeaderAsync()).Value;

        var tenth = await node.ChangeAsync(1, MemberId.Parse("j"), joins: true);

        Assert.Equal((KvAnswerKind.Refused, KvAnswerKind.Applied), (tenth.Kind, (await node.ProposeAsync(1, Put(1))).Kind));
    }

    [Fact]
    public async Task The_last_voter_cannot_be_removed()
    {
        await StartAsync(["a"], ["a"]);
        var node = (await LeaderAsync()).Value;

        var removed = await node.ChangeAsync(1, MemberId.Parse("a"), joins: false);

        Assert.Equal((KvAnswerKind.Refused, KvAnswerKind.Applied), (removed.Kind, (await node.ProposeAsync(1, Put(1))).Kind));
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
