using System.Text;
using Chirps.Engine.Membership;

namespace Chirps.Simulation;

/// <content>What a script can do to the world.</content>
public sealed partial class SimWorld
{
    /// <summary>Starts every node: the first alone, the others joining through it at random instants.</summary>
    /// <param name="within">By when the last one starts.</param>
    /// <returns>This world.</returns>
    public SimWorld StartAll(TimeSpan? within = null)
    {
        Start(0);
        var span = within ?? TimeSpan.FromSeconds(1);
        for (var index = 1; index < _nodes.Count; index++)
        {
            var node = index;
            Schedule(Now + Chance.NextDuration(span), () => Start(node, 0));
        }

        return this;
    }

    /// <summary>Starts a node's process with a higher generation than before.</summary>
    /// <param name="index">The node.</param>
    /// <param name="seeds">Nodes to join through.</param>
    /// <returns>This world.</returns>
    public SimWorld Start(int index, params int[] seeds)
    {
        var node = _nodes[index];
        node.Process++;
        node.IsRunning = true;
        node.IsPaused = false;
        node.StopAt = null;
        node.WakeAt = null;
        node.History.Reset();
        node.Forget();
        var generation = new Generation(1_700_000_000_000UL + (ulong)(Now.Nanoseconds / 1_000_000) + (ulong)node.Process);
        var random = _random.Split((ulong)index).Split((ulong)node.Process);
        node.Engine = new SwimEngine(_settings, "sim", node.Id, generation, default, node.Address, random, Now);
        Trace.Note(Now, node.Id.ToString(), $"starts as {generation.Value}");
        node.Engine.Join(Now, [.. seeds.Select(SimNode.AddressOf)]);
        Settle(node);
        return this;
    }

    /// <summary>Lets a node write one of its own keys.</summary>
    /// <param name="index">The node.</param>
    /// <param name="key">The key.</param>
    /// <param name="value">The value.</param>
    /// <returns>This world.</returns>
    public SimWorld Set(int index, string key, string value) => Do(index, engine => engine.Set(Now, key, Encoding.UTF8.GetBytes(value)));

    /// <summary>Gives a node's engine any input, and does what a shell does after it.</summary>
    /// <param name="index">The node.</param>
    /// <param name="input">The input.</param>
    /// <returns>This world.</returns>
    public SimWorld Do(int index, Action<SwimEngine> input)
    {
        ArgumentNullException.ThrowIfNull(input);
        input(_nodes[index].Engine);
        Settle(_nodes[index]);
        return this;
    }

    /// <summary>Ends a process without a word.</summary>
    /// <param name="index">The node.</param>
    /// <returns>This world.</returns>
    public SimWorld Crash(int index)
    {
        Stop(_nodes[index], "crashes");
        return this;
    }

    /// <summary>Makes a node leave; its process ends a second after the leave is acknowledged.</summary>
    /// <param name="index">The node.</param>
    /// <returns>This world.</returns>
    public SimWorld Leave(int index)
    {
        var node = _nodes[index];
        Trace.Note(Now, node.Id.ToString(), "leaves");
        node.Engine.Leave(Now);
        Settle(node);
        return this;
    }

    /// <summary>Suspends a process; what arrives meanwhile waits.</summary>
    /// <param name="index">The node.</param>
    /// <param name="duration">For how long.</param>
    /// <returns>This world.</returns>
    public SimWorld Pause(int index, TimeSpan duration)
    {
        var node = _nodes[index];
        if (node is { IsRunning: true, IsPaused: false })
        {
            Trace.Note(Now, node.Id.ToString(), $"pauses for {duration}");
            node.IsPaused = true;
            var process = node.Process;
            Schedule(Now + duration, () => Resume(node, process));
        }

        return this;
    }

    /// <summary>Cuts the last nodes off from the rest.</summary>
    /// <param name="minority">How many.</param>
    /// <param name="oneWay">Whether the minority still hears the rest.</param>
    /// <returns>This world.</returns>
    public SimWorld Partition(int minority, bool oneWay = false)
    {
        Trace.Note(Now, "network", $"cuts off the last {minority}{(oneWay ? " one way" : string.Empty)}");
        var border = _nodes.Count - minority;
        for (var inside = border; inside < _nodes.Count; inside++)
        {
            for (var outside = 0; outside < border; outside++)
            {
                Network.Cut(inside, outside);
                if (!oneWay)
                {
                    Network.Cut(outside, inside);
                }
            }
        }

        return this;
    }

    /// <summary>Begins the faults of the plan; they go on until <see cref="StopFaults"/>.</summary>
    /// <returns>This world.</returns>
    public SimWorld StartFaults()
    {
        _faultsOn = true;
        Network.Link = Plan.Link;
        Network.LossAtLossyNodes = 0.5;
        for (var count = 0; count < Plan.LossyNodes; count++)
        {
            Network.MakeLossy(Chance.Next(_nodes.Count));
        }

        Repeat(Plan.CrashEverySeconds, CrashAndRestart);
        Repeat(Plan.PauseEverySeconds, () => Pause(Chance.Next(_nodes.Count), TimeSpan.FromMilliseconds(100 + Chance.Next(6_000))));
        Repeat(Plan.PartitionEverySeconds, PartitionForAWhile);
        return this;
    }

    /// <summary>Ends all faults: the network is healthy, paused processes go on. What crashed and was not restarted stays down.</summary>
    /// <returns>This world.</returns>
    public SimWorld StopFaults()
    {
        Trace.Note(Now, "network", "heals");
        _faultsOn = false;
        Network.Heal();
        foreach (var node in _nodes)
        {
            Resume(node, node.Process);
        }

        return this;
    }

    private void Stop(SimNode node, string why)
    {
        if (node.IsRunning)
        {
            Trace.Note(Now, node.Id.ToString(), why);
            node.IsRunning = false;
            node.IsPaused = false;
            node.Inbox.Clear();
        }
    }

    private void Resume(SimNode node, int process)
    {
        if (!node.IsRunning || !node.IsPaused || node.Process != process)
        {
            return;
        }

        Trace.Note(Now, node.Id.ToString(), "resumes");
        node.IsPaused = false;
        node.WakeAt = null;
        while (node.Inbox.TryDequeue(out var waiting))
        {
            Receive(node, waiting.From, waiting.Bytes, waiting.Length);
        }

        node.Engine.Advance(Now);
        Settle(node);
    }

    private void Repeat(int everySeconds, Action action)
    {
        if (everySeconds > 0)
        {
            Schedule(Now + TimeSpan.FromSeconds(everySeconds * (0.5 + Chance.NextDouble())), () =>
            {
                if (_faultsOn)
                {
                    action();
                    Repeat(everySeconds, action);
                }
            });
        }
    }

    private void CrashAndRestart()
    {
        // The first node is the seed of all and stays, so that a restarted node finds the cluster.
        var index = 1 + Chance.Next(_nodes.Count - 1);
        if (_nodes[index].IsRunning)
        {
            Crash(index);
            Schedule(Now + TimeSpan.FromSeconds(0.2 + (6 * Chance.NextDouble())), () => Start(index, 0));
        }
    }

    private void PartitionForAWhile()
    {
        Partition(1 + Chance.Next(_nodes.Count / 2), Plan.OneWay);
        Schedule(Now + TimeSpan.FromSeconds(1 + (10 * Chance.NextDouble())), () =>
        {
            if (_faultsOn)
            {
                Network.Heal();
                Network.Link = Plan.Link;
            }
        });
    }
}
