using Chirps.Engine.Membership;
using Chirps.Engine.State;
using Chirps.Engine.Time;

namespace Chirps.Simulation;

/// <summary>A cluster in virtual time: one instant, one ordered queue of what happens, one network, many production engines.</summary>
/// <remarks>Everything that decides comes from the seed. Not thread-safe.</remarks>
public sealed partial class SimWorld
{
    private const double StreamBytesPerMicrosecond = 50;

    private readonly PriorityQueue<SimStep, (long At, long Order)> _queue = new();
    private readonly Stack<byte[]> _buffers = new();
    private readonly Dictionary<MemberAddress, SimNode> _byAddress = [];
    private readonly Dictionary<MemberId, SimNode> _byId = [];
    private readonly List<SimNode> _nodes = [];
    private readonly SeededRandom _random;
    private readonly SwimSettings _settings;
    private long _order;
    private bool _faultsOn;

    /// <summary>Creates a world; no node runs yet.</summary>
    /// <param name="seed">Decides everything.</param>
    /// <param name="nodes">How many nodes there are.</param>
    /// <param name="plan">Faults, active from <see cref="StartFaults"/> on.</param>
    /// <param name="settings">Settings of every engine; the local-network profile when left out.</param>
    public SimWorld(ulong seed, int nodes, FaultPlan? plan = null, SwimSettings? settings = null)
    {
        Seed = seed;
        _random = new SeededRandom(seed);
        _settings = settings ?? SwimSettings.Lan;
        Plan = plan ?? FaultPlan.None;
        Network = new SimNetwork(_random.Split("network"));
        Invariants = new Invariants(_settings);
        Chance = _random.Split("script");
        for (var index = 0; index < nodes; index++)
        {
            var node = new SimNode(index);
            _nodes.Add(node);
            _byAddress.Add(node.Address, node);
            _byId.Add(node.Id, node);
        }
    }

    /// <summary>What decides everything.</summary>
    public ulong Seed { get; }

    /// <summary>The present instant.</summary>
    public MeshInstant Now { get; private set; } = new(1_000_000_000);

    /// <summary>The network.</summary>
    public SimNetwork Network { get; }

    /// <summary>The faults of this run.</summary>
    public FaultPlan Plan { get; }

    /// <summary>The rules checked after every step.</summary>
    public Invariants Invariants { get; }

    /// <summary>What happened so far.</summary>
    public SimTrace Trace { get; } = new();

    /// <summary>Chance for scripts.</summary>
    public SeededRandom Chance { get; }

    /// <summary>All nodes, running or not.</summary>
    public IReadOnlyList<SimNode> Nodes => _nodes;

    /// <summary>The nodes that run.</summary>
    public IEnumerable<SimNode> Running => _nodes.Where(node => node.IsRunning);

    /// <summary>Whether every running node holds exactly the running processes as alive, at the same incarnation as they do, and nobody else as present.</summary>
    public bool HasOneView
    {
        get
        {
            var expected = Running.Count(node => !node.Engine.IsLeaving);
            return Running.All(node => SeesExactlyTheRunning(node, expected));
        }
    }

    /// <summary>Whether a process runs.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="generation">Its generation.</param>
    /// <returns>Whether that very process runs and is not leaving.</returns>
    public bool IsRunning(MemberId id, Generation generation) =>
        _byId.TryGetValue(id, out var node) && node.IsRunning && !node.Engine.IsLeaving && node.Engine.Self.Generation == generation;

    /// <summary>Lets virtual time pass.</summary>
    /// <param name="duration">How long.</param>
    /// <returns>This world.</returns>
    public SimWorld RunFor(TimeSpan duration)
    {
        var end = Now + duration;
        while (_queue.TryPeek(out _, out var next) && next.At <= end.Nanoseconds)
        {
            Step();
        }

        Now = end;
        return this;
    }

    /// <summary>Lets virtual time pass until something holds, looked at every 20 ms of it.</summary>
    /// <param name="condition">What to wait for.</param>
    /// <param name="limit">How long at most.</param>
    /// <returns>This world.</returns>
    /// <exception cref="TimeoutException">It did not hold in time; the message shows the views.</exception>
    public SimWorld RunUntil(Func<SimWorld, bool> condition, TimeSpan limit)
    {
        ArgumentNullException.ThrowIfNull(condition);
        var end = Now + limit;
        while (!condition(this))
        {
            if (Now >= end)
            {
                throw new TimeoutException($"Not reached within {limit} of virtual time.\n{DescribeViews()}");
            }

            RunFor(TimeSpan.FromMilliseconds(20));
        }

        return this;
    }

    /// <summary>Puts an action of the script at an instant.</summary>
    /// <param name="at">When.</param>
    /// <param name="action">What.</param>
    public void Schedule(MeshInstant at, Action action) => Enqueue(at, new SimStep(SimStepKind.Script, -1, -1, 0, null, 0, action));

    /// <summary>What each running node holds of whom, for failure messages: only what differs from the truth.</summary>
    /// <returns>The text.</returns>
    public string DescribeViews()
    {
        var lines = from node in Running
                    from member in node.Engine.Members
                    let isTrue = IsRunning(member.Id, member.Generation) == member.IsPresent && member.Status != MemberStatus.Suspect
                    where !isTrue
                    select $"{node.Id} holds {member.Id} {member.Key}";
        var missing = from node in Running
                      from other in Running
                      where node.StatusOf(other) is null
                      select $"{node.Id} does not know {other.Id}";
        return string.Join('\n', lines.Concat(missing).Take(40));
    }

    private bool SeesExactlyTheRunning(SimNode node, int expected)
    {
        if (node.Engine.IsLeaving)
        {
            return true;
        }

        // Cheap, and enough while a large world still forms.
        if (node.Engine.Members.Count < expected)
        {
            return false;
        }

        var present = 0;
        foreach (var member in node.Engine.Members)
        {
            if (!member.IsPresent)
            {
                continue;
            }

            present++;
            if (!_byId.TryGetValue(member.Id, out var other) || !other.IsRunning || other.Engine.Self.Key != member.Key)
            {
                return false;
            }
        }

        return present == expected;
    }

    private void Step()
    {
        var step = _queue.Dequeue();
        Now = MeshInstant.Max(Now, new MeshInstant(step.At));
        switch (step.Kind)
        {
            case SimStepKind.Deliver:
                Deliver(step);
                break;
            case SimStepKind.Wake:
                Wake(_nodes[step.To], step.Process);
                break;
            default:
                step.Action!();
                break;
        }
    }

    private void Deliver(SimStep step)
    {
        var node = _nodes[step.To];
        if (!node.IsRunning || node.Process != step.Process)
        {
            _buffers.Push(step.Bytes!);
            return;
        }

        if (node.IsPaused)
        {
            if (node.Inbox.Count < SimNode.InboxMax)
            {
                node.Inbox.Enqueue((step.From, step.Bytes!, step.Length));
            }

            return;
        }

        Receive(node, step.From, step.Bytes!, step.Length);
        Settle(node);
    }

    private void Receive(SimNode node, int from, byte[] bytes, int length)
    {
        var sender = _nodes[from];
        node.Engine.Receive(Now, new PeerSource(sender.Id, sender.Address), bytes.AsSpan(0, length));
        _buffers.Push(bytes);
    }

    private void Wake(SimNode node, int order)
    {
        if (!node.IsRunning || node.IsPaused || node.WakeOrder != order)
        {
            return;
        }

        node.WakeAt = null;
        node.Engine.Advance(Now);
        Settle(node);
    }

    /// <summary>Does what a shell does after every input, and checks the rules.</summary>
    private void Settle(SimNode node)
    {
        Span<TimeSpan> delays = stackalloc TimeSpan[2];
        while (node.Engine.TryDequeueDatagram(out var datagram))
        {
            if (!_byAddress.TryGetValue(datagram.Address, out var target) || !target.IsRunning)
            {
                continue;
            }

            var bytes = datagram.Bytes.Span;
            Trace.Datagram(Now, node.Index, target.Index, bytes);
            var copies = Network.Route(node.Index, target.Index, delays);
            for (var copy = 0; copy < copies; copy++)
            {
                var buffer = _buffers.TryPop(out var pooled) ? pooled : new byte[_settings.DatagramBytesMax];
                bytes.CopyTo(buffer);
                Enqueue(Now + delays[copy], new SimStep(SimStepKind.Deliver, node.Index, target.Index, target.Process, buffer, bytes.Length, null));
            }
        }

        while (node.Engine.TryDequeueEvent(out var change))
        {
            Trace.Note(Now, node.Id.ToString(), $"{change.Kind} {change.Member.Id} {change.OldStatus} -> {change.Member.Key} by {change.Accuser}");
            node.Record(change);
            Invariants.CheckChange(this, node, change);
        }

        while (node.Engine.TryDequeueProbe(out _))
        {
        }

        while (node.Engine.TryDequeueStateChange(out var written))
        {
            node.Record(written);
        }

        while (node.Engine.TryDequeueTransfer(out var transfer))
        {
            CarryTransfer(node, transfer);
        }

        Invariants.CheckNode(node);
        if (node.Engine.HasLeft && node.StopAt is null)
        {
            node.StopAt = Now + TimeSpan.FromSeconds(1);
            Schedule(node.StopAt.Value, () => Stop(node, "stopped after leaving"));
        }

        Arm(node);
    }

    /// <summary>Carries a transfer as a stream does: whole, later the longer it is, and not at all over a cut link.</summary>
    private void CarryTransfer(SimNode node, OutgoingTransfer transfer)
    {
        if (!_byAddress.TryGetValue(transfer.Address, out var target) || !target.IsRunning || Network.IsCut(node.Index, target.Index))
        {
            return;
        }

        var process = target.Process;
        var duration = (Network.Link.Delay * 3) + TimeSpan.FromMicroseconds(transfer.Bytes.Length / StreamBytesPerMicrosecond);
        Schedule(Now + duration, () =>
        {
            if (target is { IsRunning: true, IsPaused: false } && target.Process == process)
            {
                target.Engine.ReceiveTransfer(Now, new PeerSource(node.Id, node.Address), transfer.Bytes.Span);
                Settle(target);
            }
        });
    }

    private void Arm(SimNode node)
    {
        if (node.Engine.NextDeadline is { } next && node.WakeAt != next)
        {
            node.WakeAt = next;
            node.WakeOrder++;
            Enqueue(next, new SimStep(SimStepKind.Wake, -1, node.Index, (int)node.WakeOrder, null, 0, null));
        }
    }

    private void Enqueue(MeshInstant at, SimStep step)
    {
        var due = Math.Max(at.Nanoseconds, Now.Nanoseconds);
        _queue.Enqueue(step with { At = due }, (due, _order++));
    }
}
