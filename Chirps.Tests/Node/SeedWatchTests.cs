using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Chirps.Engine.Membership;
using Chirps.Node;
using Chirps.Tests.Fakes;
using Microsoft.Extensions.Logging;

namespace Chirps.Tests.Node;

public sealed class SeedWatchTests
{
    private static readonly string[] _named = ["mesh.example:4000"];
    private static readonly string[] _literal = ["10.0.0.1:4000", "[::1]:4000"];

    private readonly ManualTimeProvider _clock = new();
    private readonly RecordingLogger _logger = new();
    private readonly ConcurrentQueue<string[]> _joins = new();
    private volatile string[] _answer = [];
    private int _asked;
    private int _refusals;


    [Fact]
    public async Task Every_address_of_either_family_is_joined_through()
    {
        _answer = ["10.0.0.1", "10.0.0.2", "fd00::1"];

        using var watch = Start(_named);

        await MeshFixture.Eventually("the seeds are handed over", () => !_joins.IsEmpty);
        Assert.Equal(["10.0.0.1:4000", "10.0.0.2:4000", "[fd00::1]:4000"], Assert.Single(_joins));
    }

    [Fact]
    public async Task A_name_is_looked_up_again_and_only_changed_addresses_are_handed_over()
    {
        _answer = ["10.0.0.1"];
        using var watch = Start(_named);
        await Asked(watch, 1);

        await Advance(watch, TimeSpan.FromSeconds(60));
        Assert.Single(_joins);
        _answer = ["10.0.0.9"];
        await Advance(watch, TimeSpan.FromSeconds(60));

        await MeshFixture.Eventually("the new address is handed over", () => _joins.Count == 2);
        Assert.Equal(["10.0.0.9:4000"], _joins.Last());
        Assert.Equal(3, _asked);
    }

    [Fact]
    public async Task A_name_that_is_not_known_yet_is_asked_for_again_with_growing_pauses()
    {
        using var watch = Start(_named);
        await Asked(watch, 1);

        await Advance(watch, TimeSpan.FromMilliseconds(500));
        await Advance(watch, TimeSpan.FromMilliseconds(1_000));
        _answer = ["10.0.0.1"];
        await Advance(watch, TimeSpan.FromMilliseconds(2_000));

        await MeshFixture.Eventually("the seed is handed over", () => !_joins.IsEmpty);
        Assert.Equal(4, _asked);
        Assert.Equal(3, _logger.At(LogLevel.Warning).Count);
    }

    [Fact]
    public async Task One_name_that_is_not_known_is_asked_for_soon_and_keeps_what_it_meant_before()
    {
        _answer = ["10.0.0.1"];
        using var watch = Start(["mesh.example:4000", "10.9.9.9:4000"]);
        await Asked(watch, 1);
        _answer = [];
        await Advance(watch, TimeSpan.FromSeconds(60));
        Assert.Single(_joins);

        _answer = ["10.0.0.2"];
        await Advance(watch, TimeSpan.FromMilliseconds(500));

        await MeshFixture.Eventually("the new address is handed over", () => _joins.Count == 2);
        Assert.Equal(["10.0.0.2:4000", "10.9.9.9:4000"], _joins.Last());
        Assert.Contains("mesh.example:4000", Assert.Single(_logger.At(LogLevel.Warning)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Addresses_are_handed_over_again_until_they_are_taken()
    {
        _answer = ["10.0.0.1"];
        _refusals = 1;
        using var watch = Start(_named);
        await Asked(watch, 1);

        await Advance(watch, TimeSpan.FromMilliseconds(500));

        await MeshFixture.Eventually("the seed is handed over", () => !_joins.IsEmpty);
    }

    [Fact]
    public async Task Addresses_need_no_second_look()
    {
        using var watch = new SeedWatch(_literal, Dns.GetHostAddressesAsync, TimeSpan.FromMinutes(1), Join, _clock, _logger);

        await watch.Ended.WaitAsync(MeshFixture.Patience);

        Assert.Equal(["10.0.0.1:4000", "[::1]:4000"], Assert.Single(_joins));
    }

    [Fact]
    public async Task A_node_whose_seeds_have_no_address_yet_has_not_joined()
    {
        await using var fixture = new MeshFixture();

        var node = await fixture.StartAsync(fixture.Options("a", "no-such-host.invalid:4000"));

        // A write is done by the loop: it has had its turn.
        await node.SetStateAsync("key", "value"u8.ToArray());
        Assert.False(node.Report().Joined);
    }

    private SeedWatch Start(string[] seeds) => new(seeds, Resolve, TimeSpan.FromSeconds(60), Join, _clock, _logger);

    private Task<IPAddress[]> Resolve(string host, CancellationToken cancellationToken)
    {
        if (host == "10.9.9.9")
        {
            return Task.FromResult<IPAddress[]>([IPAddress.Parse(host)]);
        }

        Assert.Equal("mesh.example", host);
        Interlocked.Increment(ref _asked);
        var answer = _answer;
        return answer.Length > 0 ? Task.FromResult(Array.ConvertAll(answer, IPAddress.Parse)) : throw new SocketException((int)SocketError.HostNotFound);
    }

    private bool Join(IReadOnlyList<MemberAddress> addresses)
    {
        if (Interlocked.Decrement(ref _refusals) >= 0)
        {
            return false;
        }

        _joins.Enqueue([.. addresses.Select(address => address.ToString())]);
        return true;
    }

    /// <summary>Waits until the name was looked up so often and the watch sleeps.</summary>
    private async Task Asked(SeedWatch watch, int times)
        => await MeshFixture.Eventually($"the name was looked up {times} times", () => Volatile.Read(ref _asked) >= times && _clock.HasTimer && !watch.Ended.IsCompleted);

    private async Task Advance(SeedWatch watch, TimeSpan time)
    {
        var before = Volatile.Read(ref _asked);
        _clock.Advance(time - TimeSpan.FromMilliseconds(1));
        Assert.Equal(before, Volatile.Read(ref _asked));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await Asked(watch, before + 1);
    }
}
