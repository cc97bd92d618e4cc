using Chirps.Simulation;
using RaftKv.Core;

namespace Chirps.Tests.Raft;

/// <content>What goes wrong: now and then by the clock, and aimed at leaders at the moments in which most depends on them.</content>
internal sealed partial class RaftWorld
{
    private readonly Dictionary<ulong, int> _cuts = Groups.ToDictionary(group => group, _ => 0);
    private SimulatedNode? _slowDisk;
    private SimulatedNode? _slowLink;

    /// <summary>A leader has just done something: by chance, something happens to it now.</summary>
    public void Aim(SimulatedNode leader, ulong group, LeaderMoment moment)
    {
        if (!IsFaulty || moment == LeaderMoment.None)
        {
            return;
        }

        if (Faults.EagerChanges && moment is LeaderMoment.Elected or LeaderMoment.CommittedFirst)
        {
            At(Now, leader, () => ChangeVoters(leader, group), () => leader.IsUp);
        }

        if (_chance.NextDouble() < Faults.Aims.GetValueOrDefault(moment))
        {
            Note($"group {group}: {leader.Id} {moment}");
            At(Now + _chance.NextDuration(Faults.AimWithin), null, () => Strike(leader, group), () => IsFaulty && leader.IsUp);
        }
    }

    /// <summary>How long a sync takes.</summary>
    public TimeSpan SyncTime(SimulatedNode node) => TimeSpan.FromMicroseconds(200 + _chance.Next(IsFaulty && node == _slowDisk ? 150_000 : 2_000));

    private TimeSpan ExtraDelay(SimulatedNode target) => TimeSpan.FromMilliseconds(
        !IsFaulty ? 0
        : Faults.Late > 0 && _chance.NextDouble() < Faults.Late ? _chance.Next(1000)
        : target == _slowLink ? _chance.Next(200)
        : 0);

    private void ScheduleFaults()
    {
        Repeat(Faults.Crashes, 900, CrashSome);
        Repeat(Faults.Pauses, 1100, () => Pause(_chance.Pick(Nodes)));
        Repeat(Faults.Partitions, 1300, () => Cut(Groups, Nodes.Where(_ => _chance.Next(2) == 0)));
        Repeat(Faults.SlowDisks, 800, () => _slowDisk = _chance.Pick(Nodes));
        Repeat(Faults.SlowLinks, 800, () => _slowLink = _chance.Pick(Nodes));
        Repeat(Faults.Changes, 600, () =>
        {
            // Of two leaders, the one of the past may be asked as well.
            var group = _chance.Pick(Groups);
            var leaders = Nodes.Where(node => node.IsUp && node.PausedUntil <= Now && node.Replicas[group].Core.Role == RaftRole.Leader).ToArray();
            if (leaders.Length > 0)
            {
                ChangeVoters(_chance.Pick(leaders), group);
            }
        });
    }

    private void Repeat(bool wanted, int milliseconds, Action fault)
    {
        if (wanted)
        {
            At(Now + TimeSpan.FromMilliseconds(200 + _chance.Next(milliseconds)), null, () =>
            {
                fault();
                Repeat(wanted, milliseconds, fault);
            }, () => IsFaulty);
        }
    }

    /// <summary>Cuts a leader off with less than a majority of followers; or it crashes, or pauses, alone.</summary>
    private void Strike(SimulatedNode leader, ulong group)
    {
        switch (_chance.Next(6))
        {
            case 0 when Faults.Crashes:
                Crash(leader);
                break;
            case 1 when Faults.Pauses:
                Pause(leader);
                break;
            default:
                var others = Nodes.Where(node => node != leader).ToArray();
                _chance.Shuffle(others.AsSpan());
                Cut([group], others.Take(_chance.Next(1 + _chance.Next((Nodes.Count + 1) / 2))).Prepend(leader));
                break;
        }
    }

    /// <summary>One node, or several at the same time.</summary>
    private void CrashSome()
    {
        do
        {
            Crash(_chance.Pick(Nodes));
        }
        while (_chance.Next(3) == 0);
    }

    private void Crash(SimulatedNode node)
    {
        if (!node.IsUp)
        {
            return;
        }

        Note($"{node.Id} crashes");
        node.Crash();
        At(Now + TimeSpan.FromMilliseconds(_chance.Next(_chance.Next(2) == 0 ? 100 : 1500)), null, () => Restart(node));
    }

    private void Pause(SimulatedNode node)
    {
        node.PausedUntil = Now + TimeSpan.FromMilliseconds(_chance.Next(1500));
        Note($"{node.Id} pauses until {node.PausedUntil}");
    }

    /// <summary>Cuts some off from the others, in place of the cut before, and for a while.</summary>
    private void Cut(IReadOnlyList<ulong> groups, IEnumerable<SimulatedNode> some)
    {
        var side = some.ToHashSet();
        var (inward, outward) = _chance.Next(6) switch { 0 => (true, false), 1 => (false, true), _ => (true, true) };
        Note($"cut off: {string.Join(',', side.Select(node => node.Id))}{(inward ? "" : ", hears the others")}{(outward ? "" : ", is heard by the others")}");
        var wayOut = Nodes.Where(side.Contains).SelectMany(_ => Nodes.Where(node => !side.Contains(node)), (inside, outside) => (Inside: inside.Number, Outside: outside.Number)).ToArray();
        var duration = Faults.Settings.Election * (1 + (6 * _chance.NextDouble()));
        foreach (var group in groups)
        {
            Heal(group);
            foreach (var (inside, outside) in wayOut)
            {
                if (outward)
                {
                    _networks[group].Cut(inside, outside);
                }

                if (inward)
                {
                    _networks[group].Cut(outside, inside);
                }
            }

            var cut = ++_cuts[group];
            At(Now + duration, null, () => Heal(group), () => IsFaulty && cut == _cuts[group]);
        }
    }

    private void Heal(ulong group)
    {
        _networks[group].Heal();
        _networks[group].Link = IsFaulty ? Faults.Link : SimLink.Healthy;
    }

    /// <summary>Proposes one voter more or less; sometimes two at once, which must be refused.</summary>
    private void ChangeVoters(SimulatedNode leader, ulong group)
    {
        var present = leader.Replicas[group].Core.Configuration;
        var next = Step(present);
        next = _chance.Next(8) == 0 ? Step(next) : next;
        Note($"group {group}: {leader.Id} wants the voters {next}");
        leader.Change(group, next);
    }

    private Configuration Step(Configuration present)
    {
        var subject = _chance.Pick(Nodes).Id;
        return !present.Contains(subject) ? present.With(subject) : present.Voters.Count > 1 ? present.Without(subject) : present;
    }
}
