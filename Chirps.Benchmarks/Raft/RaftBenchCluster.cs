using System.Diagnostics;
using System.Globalization;
using Chirps.Benchmarks.Loopback;

namespace Chirps.Benchmarks.Raft;

/// <summary>The three processes.</summary>
internal sealed class RaftBenchCluster : IDisposable
{
    private readonly string _directory;
    private readonly int _groups;
    private readonly SortedDictionary<string, ChildProcess> _running = new(StringComparer.Ordinal);

    private RaftBenchCluster(string directory, int groups) => (_directory, _groups) = (directory, groups);

    /// <summary>Starts them, and waits until every group has a leader.</summary>
    public static async Task<RaftBenchCluster> StartAsync(string directory, int groups)
    {
        Directory.CreateDirectory(directory);
        var cluster = new RaftBenchCluster(directory, groups);
        foreach (var name in RaftBenchNode.Names)
        {
            await cluster.StartProcessAsync(name);
        }

        await cluster.AskAllAsync("members");
        await cluster.AskAllAsync("begin");
        await cluster.AskAllAsync("all-led");
        return cluster;
    }

    public void Dispose()
    {
        foreach (var process in _running.Values)
        {
            process.Dispose();
        }
    }

    /// <summary>Asks all at once.</summary>
    public Task<string[][]> AskAllAsync(string line) => Task.WhenAll(_running.Values.Select(process => process.AskAsync(line)));

    public Task<string[]> AskAsync(string name, string line) => _running[name].AskAsync(line);

    /// <summary>All processes propose at once in the groups that they lead.</summary>
    public async Task<(double PerSecond, Latency Latency)> ProposeAsync(int atATime, int seconds)
    {
        var runs = (await AskAllAsync($"propose {atATime} {seconds}")).Select(fields => fields.Select(field => double.Parse(field, CultureInfo.InvariantCulture)).ToArray()).Where(run => run[0] > 0).ToList();
        return (runs.Sum(run => run[0]), new Latency(runs.Max(run => run[1]), runs.Max(run => run[2])));
    }

    public async Task<(double Syncs, double Requests)> SyncsAsync()
    {
        var all = (await AskAllAsync("syncs")).Select(fields => (Syncs: double.Parse(fields[0], null), Requests: double.Parse(fields[1], null))).ToList();
        return (all.Sum(one => one.Syncs), all.Sum(one => one.Requests));
    }

    /// <summary>Kills the leader of group 1 and starts it again.</summary>
    /// <returns>Milliseconds until another had committed an entry.</returns>
    public async Task<double> FailoverAsync()
    {
        var leader = await LeaderAsync();
        var gone = _running[leader];
        _running.Remove(leader);
        var watch = Stopwatch.StartNew();
        gone.Kill();
        await AskAllAsync($"probe {leader}");
        var time = watch.Elapsed.TotalMilliseconds;
        gone.Dispose();
        await ReturnAsync(leader);
        await AskAllAsync("all-led");
        return time;
    }

    /// <summary>Kills one that does not lead group 1.</summary>
    public async Task<string> KillFollowerAsync()
    {
        var leader = await LeaderAsync();
        var follower = _running.Keys.First(name => name != leader);
        _running[follower].Kill();
        _running[follower].Dispose();
        _running.Remove(follower);
        await AskAllAsync($"probe {follower}");
        return follower;
    }

    /// <summary>Starts a process again with what is on its disk.</summary>
    public async Task ReturnAsync(string name)
    {
        await StartProcessAsync(name);
        await AskAllAsync("members");
        await AskAsync(name, "begin");
    }

    private async Task<string> LeaderAsync()
    {
        while (true)
        {
            foreach (var (name, process) in _running)
            {
                if ((await process.AskAsync("leads-first"))[0] == "yes")
                {
                    return name;
                }
            }
        }
    }

    private async Task StartProcessAsync(string name)
    {
        var seeds = _running.Values.Select(process => process.Fields[0]).Take(1);
        _running[name] = await ChildProcess.StartAsync(["raft-node", _directory, name, $"{_groups}", .. seeds]);
    }
}
