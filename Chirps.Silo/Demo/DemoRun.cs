using System.Diagnostics;
using Chirps.Node.Credentials;
using Chirps.Silo.Http;

namespace Chirps.Silo.Demo;

/// <summary>The script of the demo. Every step waits for what it names, and fails with that name when it does not come.</summary>
internal sealed partial class DemoRun(IReadOnlyList<DemoNode> nodes, DemoDisplay display)
{
    /// <summary>The cluster of the demo's certificates.</summary>
    public const string Cluster = "demo";

    private const string Topic = "demo";
    private const int MessagesPerPair = 1000;
    private static readonly TimeSpan _joinTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _messageTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan _detectionTimeout = TimeSpan.FromSeconds(15);

    private IEnumerable<DemoNode> Running => nodes.Where(node => node.IsRunning);

    public static async Task<int> RunAsync(int count, bool keep, CancellationToken cancellationToken)
    {
        var directory = Path.GetFullPath(Path.Combine("run", "demo"));
        var authority = AuthorityStore.At(Path.Combine(directory, "certs"));
        var nodes = Enumerable.Range(1, count)
            .Select(number => $"node-{number}")
            .Select(name => new DemoNode(name, directory, authority.IssueFiles(Cluster, name)))
            .ToList();
        using var display = DemoDisplay.Create(DemoRow.Columns, () => nodes.Select(DemoRow.Cells));
        try
        {
            var summary = await new DemoRun(nodes, display).PlayAsync(cancellationToken);
            await display.FinishAsync();
            if (keep)
            {
                await KeepAsync(nodes, cancellationToken);
            }

            Console.WriteLine(summary);
            return 0;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await display.FinishAsync();
            Console.WriteLine("demo stopped");
            return 130;
        }
        catch (Exception exception) when (exception is DemoException or TimeoutException or HttpRequestException)
        {
            await display.FinishAsync();
            Console.WriteLine($"demo failed: {exception.Message} (logs: {directory})");
            return 1;
        }
        finally
        {
            nodes.ForEach(node => node.Dispose());
        }
    }

    private async Task<string> PlayAsync(CancellationToken cancellationToken)
    {
        var joined = await StartAll(cancellationToken);
        var (control, ephemeral, pairs) = await SendAll(cancellationToken);
        var victim = nodes[^1];
        var detected = await Crash(victim, cancellationToken);
        var stored = await StoreBroadcasts(victim, cancellationToken);
        var rejoined = await Restart(victim, cancellationToken);
        var replayed = await Replay(victim, stored, cancellationToken);
        var kept = await KillHost(victim, cancellationToken);
        var left = await Leave(nodes[^2], cancellationToken);
        return $"demo ok: joined in {joined:F0} ms, control {control}/{pairs} delivered, ephemeral {ephemeral}/{pairs} delivered, "
            + $"crash detected in {detected:F0} ms, rejoined in {rejoined:F0} ms, leave seen in {left:F0} ms, "
            + $"durable {replayed}/{Missed} replayed after an absence, {kept}/{kept} kept over a crash of their host";
    }

    /// <summary>From the moment the last node's mesh socket is up until the last of all sees the last of all.</summary>
    private async Task<double> StartAll(CancellationToken cancellationToken)
    {
        display.Step($"starting {nodes.Count} processes");
        await nodes[0].StartAsync(null, cancellationToken);
        await Task.WhenAll(nodes.Skip(1).Select(node => node.StartAsync(nodes[0].Mesh, cancellationToken)));
        display.Step($"all are up; they find each other through {nodes[0].Mesh}");
        await Until("every node sees every other one alive", _joinTimeout, () => nodes.All(node => Alive(node) == nodes.Count), cancellationToken);
        await Task.WhenAll(nodes.Select(node => node.WatchAsync(Topic)));
        var started = nodes.Max(node => node.Seen!.Status.Self.Since);
        var seen = nodes.Max(node => node.Seen!.Members.Max(member => member.Since));
        return Math.Max(0, (seen - started).TotalMilliseconds);
    }

    private async Task<(long Control, long Ephemeral, long Pairs)> SendAll(CancellationToken cancellationToken)
    {
        var expected = (long)nodes.Count * (nodes.Count - 1) * MessagesPerPair;
        display.Step($"{MessagesPerPair} Control and {MessagesPerPair} Ephemeral messages from each to each, through IMeshGrain.SendTo");
        var outcomes = (await Task.WhenAll(nodes.Select(from => SendToEach(from, cancellationToken)))).SelectMany(outcome => outcome);
        if (outcomes.Where(outcome => outcome.Length > 0).ToList() is { Count: > 0 } bad)
        {
            throw new DemoException($"not every Control message was delivered: {string.Join("; ", bad.Take(5))}{(bad.Count > 5 ? $"; and {bad.Count - 5} more pairs" : "")}");
        }

        display.Step("one Broadcast from each");
        foreach (var receipt in await Task.WhenAll(nodes.Select(node => node.BroadcastAsync(Topic, MessageProfile.Control, "chirp to all", cancellationToken))))
        {
            if (receipt.Members.Count != nodes.Count - 1 || receipt.Members.Any(member => member.Receipt.Outcome != SendOutcome.Delivered))
            {
                throw new DemoException($"a broadcast did not reach everybody: {string.Join(", ", receipt.Members)}");
            }
        }

        var broadcasts = (long)nodes.Count * (nodes.Count - 1);
        await Until(
            $"the subscribers have all {expected} Control messages and {broadcasts} broadcasts",
            _messageTimeout,
            () => Received(MessageProfile.Control) == expected + broadcasts,
            cancellationToken);
        return (Received(MessageProfile.Control) - broadcasts, Received(MessageProfile.Ephemeral), expected);
    }

    /// <summary>One receiver after the other, each sender beginning with its neighbour: the load does not grow with the square of the nodes, and never meets on one.</summary>
    private async Task<List<string>> SendToEach(DemoNode from, CancellationToken cancellationToken)
    {
        var outcomes = new List<string>();
        var start = nodes.ToList().IndexOf(from) + 1;
        foreach (var to in Enumerable.Range(start, nodes.Count - 1).Select(index => nodes[index % nodes.Count]))
        {
            outcomes.Add(await SendPair(from, to, cancellationToken));
            display.Refresh();
        }

        return outcomes;
    }

    private static async Task<string> SendPair(DemoNode from, DemoNode to, CancellationToken cancellationToken)
    {
        // Best effort waits for no connection: where none was needed before, the Control messages make it.
        var outcomes = await from.SendAsync(to.Name, Topic, MessageProfile.Control, MessagesPerPair, cancellationToken);
        await from.SendAsync(to.Name, Topic, MessageProfile.Ephemeral, MessagesPerPair, cancellationToken);
        return outcomes.GetValueOrDefault(nameof(SendOutcome.Delivered)) == MessagesPerPair
            ? ""
            : $"{from.Name} to {to.Name}: {string.Join(", ", outcomes.Select(one => $"{one.Value} {one.Key}"))}";
    }

    /// <summary>From SIGKILL until the last survivor has declared it dead, by the times in their events.</summary>
    private async Task<double> Crash(DemoNode victim, CancellationToken cancellationToken)
    {
        display.Step($"killing {victim.Name} with SIGKILL");
        var killed = DateTimeOffset.UtcNow;
        await victim.KillAsync(cancellationToken);
        var survivors = Running.ToList();
        foreach (var state in new[] { MemberState.Suspect, MemberState.Dead })
        {
            await Until(
                $"every survivor reports {victim.Name} {state}",
                _detectionTimeout,
                () => survivors.All(node => Find(node, victim, killed, state) is not null),
                cancellationToken);
        }

        return survivors.Max(node => (Find(node, victim, killed, MemberState.Dead)!.At - killed).TotalMilliseconds);
    }

    /// <summary>From the new process's mesh socket until the last survivor sees it as a member again.</summary>
    private async Task<double> Restart(DemoNode victim, CancellationToken cancellationToken)
    {
        var survivors = Running.ToList();
        var before = survivors[0].Seen!.Members.First(member => member.Id.Value == victim.Name).Generation;
        display.Step($"starting {victim.Name} again");
        await victim.StartAsync(nodes[0].Mesh, cancellationToken);
        await victim.WatchAsync(Topic);
        EventReply? Back(DemoNode node) => node.Events().LastOrDefault(one =>
            one.Kind == nameof(MemberJoined) && one.Member.Id.Value == victim.Name && one.Member.Generation > before);
        await Until($"every survivor sees {victim.Name} join with a higher generation", _joinTimeout, () => survivors.All(node => Back(node) is not null), cancellationToken);
        await Until($"{victim.Name} sees everybody alive", _joinTimeout, () => Alive(victim) == nodes.Count, cancellationToken);
        return Math.Max(0, survivors.Max(node => (Back(node)!.At - victim.Seen!.Status.Self.Since).TotalMilliseconds));
    }

    /// <summary>From the request to leave until the last of the others has seen it.</summary>
    private async Task<double> Leave(DemoNode leaver, CancellationToken cancellationToken)
    {
        display.Step($"{leaver.Name} leaves gracefully");
        var asked = DateTimeOffset.UtcNow;
        var others = Running.Where(node => node != leaver).ToList();
        await leaver.LeaveAsync(cancellationToken);
        EventReply? Gone(DemoNode node) => node.Events().LastOrDefault(one => one.Member.Id.Value == leaver.Name && one.At >= asked && one.NewState is MemberState.Left or MemberState.Dead);
        await Until($"the others see {leaver.Name} as left", _detectionTimeout, () => others.All(node => Gone(node) is not null), cancellationToken);
        return others.FirstOrDefault(node => Gone(node)!.NewState != MemberState.Left) is { } wrong
            ? throw new DemoException($"{wrong.Name} sees {leaver.Name} as {Gone(wrong)!.NewState}, not as Left")
            : others.Max(node => (Gone(node)!.At - asked).TotalMilliseconds);
    }

    private static async Task KeepAsync(IEnumerable<DemoNode> nodes, CancellationToken cancellationToken)
    {
        foreach (var node in nodes.Where(node => node.IsRunning))
        {
            Console.WriteLine($"{node.Name}: {node.Http}/membership  {node.Http}/metrics  {node.Http}/dashboard/  (log: {node.LogPath})");
        }

        Console.WriteLine("The mesh keeps running. Ctrl-C ends it.");
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        catch (OperationCanceledException)
        {
        }
    }

    private static int Alive(DemoNode node) => node.Seen?.Members.Count(member => member.State == MemberState.Alive) ?? 0;

    private static EventReply? Find(DemoNode node, DemoNode subject, DateTimeOffset after, MemberState state)
        => node.Events().FirstOrDefault(one => one.Member.Id.Value == subject.Name && one.At >= after && one.NewState == state);

    private long Received(MessageProfile profile)
        => nodes.Sum(node => node.Counts.Where(count => count.Profile == profile).Sum(count => count.Count));

    private Task Until(string what, TimeSpan timeout, Func<bool> condition, CancellationToken cancellationToken)
        => Until(what, timeout, () => Task.FromResult(condition()), cancellationToken);

    private async Task Until(string what, TimeSpan timeout, Func<Task<bool>> condition, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            await Task.WhenAll(nodes.Select(node => node.RefreshAsync(cancellationToken)));
            display.Refresh();
            if (await condition())
            {
                return;
            }

            if (watch.Elapsed > timeout)
            {
                throw new DemoException($"within {timeout.TotalSeconds:F0} s it did not happen that {what}");
            }

            await Task.Delay(50, cancellationToken);
        }
    }
}
