using System.Diagnostics;
using Chirps.Silo.Demo;
using RaftKv.Checking;
using RaftKv.Core;
using RaftKv.Node;

namespace RaftKv.Demo;

/// <summary>The script: load all the time, a process away until it needs a snapshot, the leader killed; then everything that was acknowledged is read again.</summary>
internal sealed class RaftDemoRun(IReadOnlyList<RaftProcess> processes, RaftDemoPlan plan, DemoDisplay display)
{
    private static readonly TimeSpan _look = TimeSpan.FromMilliseconds(50);

    private readonly List<KvClient> _clients = [.. Enumerable.Range(0, plan.Clients).Select(_ => new KvClient(processes))];
    private readonly List<(KvClient Client, List<(string Key, string Value)> Kept)> _kept = [];

    private int Acknowledged => _clients.Sum(client => client.Acknowledged);

    public async Task<RaftDemoResult> PlayAsync(CancellationToken cancellationToken)
    {
        display.Step($"starting {processes.Count} processes");
        await processes[0].StartAsync(null, cancellationToken);
        await Task.WhenAll(processes.Skip(1).Select(process => process.StartAsync(processes[0].Mesh, cancellationToken)));
        await Until("every group has a leader", () => Leaders().All(leader => leader is not null), cancellationToken);
        var terms = Terms();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var load = _clients.Select((client, number) => LoadAsync(client, number, ending.Token)).ToArray();
        try
        {
            await ChangesAsync("writes and reads flow", cancellationToken);
            var caughtUp = await FaultsAsync(cancellationToken);
            await ending.CancelAsync();
            await Task.WhenAll(load);
            return await JudgeAsync(terms, caughtUp, cancellationToken);
        }
        finally
        {
            await ending.CancelAsync();
            _clients.ForEach(client => client.Dispose());
        }
    }

    /// <summary>A follower goes, then the leader; both come back.</summary>
    /// <returns>How long the follower took to catch up.</returns>
    private async Task<TimeSpan> FaultsAsync(CancellationToken cancellationToken)
    {
        var leader = Leaders().GroupBy(process => process!).MaxBy(group => group.Count())!.Key;
        var late = processes.Last(process => process != leader);
        var behind = late.Groups.ToDictionary(group => group.Group, group => group.Last);
        await late.KillAsync(cancellationToken);
        await ChangesAsync($"{late.Name} is killed; the others go on", cancellationToken);
        await Until($"snapshots have passed {late.Name} in every group", () => processes.Where(process => process.IsRunning).All(process => process.Groups.All(group => group.Snapshot > behind[group.Group])), cancellationToken);

        leader = Leaders().OfType<RaftProcess>().GroupBy(process => process).MaxBy(group => group.Count())!.Key;
        if (processes.Count < 5)
        {
            // Of three, two are needed: the late one comes back first.
            var caughtUp = await ReturnAsync(late, cancellationToken);
            await KillLeaderAsync(leader, cancellationToken);
            await leader.StartAsync(null, cancellationToken);
            return caughtUp;
        }

        await KillLeaderAsync(leader, cancellationToken);
        var time = await ReturnAsync(late, cancellationToken);
        display.Step($"{leader.Name} comes back as a follower");
        await leader.StartAsync(null, cancellationToken);
        return time;
    }

    private async Task KillLeaderAsync(RaftProcess leader, CancellationToken cancellationToken)
    {
        display.Step($"{leader.Name}, which leads, is killed");
        await leader.KillAsync(cancellationToken);
        await Until("every group has a leader again", () => Leaders().All(found => found is not null && found != leader), cancellationToken);
        await ChangesAsync("others lead", cancellationToken);
    }

    private async Task<TimeSpan> ReturnAsync(RaftProcess late, CancellationToken cancellationToken)
    {
        display.Step($"{late.Name} comes back, and is behind what the others' logs still have");
        await late.StartAsync(null, cancellationToken);
        var watch = Stopwatch.StartNew();
        var goal = Commits();
        await Until($"{late.Name} has caught up by snapshot", () => late.Groups.Count > 0 && late.Groups.All(group => group.Restored > 0 && group.Applied >= goal[group.Group]), cancellationToken);
        return watch.Elapsed;
    }

    private async Task<RaftDemoResult> JudgeAsync(Dictionary<ulong, ulong> terms, TimeSpan caughtUp, CancellationToken cancellationToken)
    {
        display.Step("reading everything that was acknowledged");
        var lost = 0;
        foreach (var (client, kept) in _kept)
        {
            foreach (var (key, value) in kept)
            {
                lost += await client.GetAsync(key, cancellationToken) == value ? 0 : 1;
            }
        }

        for (var key = 0; key < plan.Keys; key++)
        {
            await _clients[0].GetAsync($"key-{key}", cancellationToken);
        }

        await Task.WhenAll(processes.Select(process => process.RefreshAsync(cancellationToken)));
        display.Refresh();
        var history = _clients.SelectMany(client => client.History).ToArray();
        var verdict = Linearizability.Check(history, out var violated);
        if (verdict != HistoryVerdict.Linearizable)
        {
            display.Step($"the history of {violated} is {verdict}");
        }

        var failovers = Terms().Aggregate(0UL, (sum, term) => sum + term.Value - terms[term.Key]);
        return new RaftDemoResult(Commits().Values.Aggregate(0UL, (sum, commit) => sum + commit), failovers, _clients.Max(client => client.Longest), caughtUp, history.Length, lost, verdict);
    }

    private async Task LoadAsync(KvClient client, int number, CancellationToken cancellationToken)
    {
        var kept = new List<(string Key, string Value)>();
        _kept.Add((client, kept));
        var random = new Random(number);
        try
        {
            for (var count = 0; ; count++)
            {
                var key = $"key-{random.Next(plan.Keys)}";
                var value = $"{number}-{count}";
                switch (random.Next(5))
                {
                    case 0:
                        await client.SwapAsync(key, await client.GetAsync(key, cancellationToken), value, cancellationToken);
                        break;
                    case 1:
                        await client.GetAsync(key, cancellationToken);
                        break;
                    case 2:
                        // Written once: it must be there at the end.
                        await client.PutAsync($"own-{value}", value, cancellationToken);
                        kept.Add(($"own-{value}", value));
                        break;
                    default:
                        await client.PutAsync(key, value, cancellationToken);
                        break;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The run ends; the last call stays unanswered.
        }
    }

    private Task ChangesAsync(string step, CancellationToken cancellationToken)
    {
        var goal = Acknowledged + plan.ChangesPerPart;
        display.Step($"{step}: {plan.ChangesPerPart} more changes");
        return Until($"{plan.ChangesPerPart} more changes are acknowledged", () => Acknowledged >= goal, cancellationToken);
    }

    /// <summary>Who leads each group, of those that run.</summary>
    private List<RaftProcess?> Leaders() => [.. Groups().Select(group => group
        .Where(one => one.Status.Role == RaftRole.Leader)
        .OrderByDescending(one => one.Status.Term)
        .Select(one => one.Process)
        .FirstOrDefault())];

    private Dictionary<ulong, ulong> Terms() => Groups().ToDictionary(group => group.Key, group => group.Max(one => one.Status.Term));

    private Dictionary<ulong, ulong> Commits() => Groups().ToDictionary(group => group.Key, group => group.Max(one => one.Status.Commit));

    private IEnumerable<IGrouping<ulong, (RaftProcess Process, GroupStatus Status)>> Groups()
        => processes.Where(process => process.IsRunning).SelectMany(process => process.Groups.Select(status => (Process: process, Status: status))).GroupBy(one => one.Status.Group);

    private async Task Until(string what, Func<bool> condition, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            await Task.WhenAll(processes.Select(process => process.RefreshAsync(cancellationToken)));
            display.Refresh();
            if (processes.Any(process => process.Groups.Count > 0) && condition())
            {
                return;
            }

            if (watch.Elapsed > plan.Patience)
            {
                throw new DemoException($"within {plan.Patience.TotalSeconds:F0} s it did not happen that {what}");
            }

            await Task.Delay(_look, cancellationToken);
        }
    }
}
