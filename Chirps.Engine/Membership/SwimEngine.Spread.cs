using Chirps.Engine.Time;
using Chirps.Engine.Wire;

namespace Chirps.Engine.Membership;

/// <content>Gossip, exchange of whole tables, joining, healing, leaving.</content>
public sealed partial class SwimEngine
{
    /// <summary>How often a leave is said again to those who have not acknowledged it.</summary>
    private static readonly TimeSpan LeaveRetry = TimeSpan.FromMilliseconds(200);

    /// <summary>Up to so many members are told of a leave directly; gossip tells the rest.</summary>
    private const int LeaveTold = 16;

    private readonly List<MemberAddress> _seeds = [];
    private readonly HashSet<string> _leaveAcks = new(StringComparer.Ordinal);
    private TimeSpan _joinPause;
    private MeshInstant _lastGossip;
    private MeshInstant _pickTime;
    private MeshInstant _leaveEnd;
    private uint _leaveSequence;
    private int _leaveNeeded;

    /// <summary>
    /// Joins through seeds: asks each for its table, again and again with growing pauses, until one has answered. May be
    /// called again with more. This node's own address is left out; without any other it has joined at once.
    /// </summary>
    public void Join(MeshInstant now, IReadOnlyList<MemberAddress> seeds)
    {
        ReturnLent();
        foreach (var seed in seeds)
        {
            if (seed != Self.Address && !_seeds.Contains(seed))
            {
                _seeds.Add(seed);
            }
        }

        if (_seeds.Count == 0)
        {
            IsJoined = true;
            return;
        }

        _joinPause = _settings.JoinRetry;
        AskSeeds(now);
    }

    /// <summary>Begins to leave: says so to some members until enough have acknowledged it, and to the rest by gossip.</summary>
    public void Leave(MeshInstant now)
    {
        ReturnLent();
        if (IsLeaving)
        {
            return;
        }

        IsLeaving = true;
        _probe.Target = null;
        _deadlines.Stop(Deadline.IndirectProbe);
        _deadlines.Stop(Deadline.Join);
        _table.Replace(_self, Self with { Status = MemberStatus.Left, Since = now });
        _leaveSequence = ++_sequence;
        _leaveEnd = now + _settings.LeaveTimeout;
        _leaveNeeded = Math.Min(_settings.LeaveAcks, _table.Alive);
        Enqueue(now, _self, default);
        SayGoodbye(now);
    }

    private void SayGoodbye(MeshInstant now)
    {
        HasLeft |= _leaveAcks.Count >= _leaveNeeded || now >= _leaveEnd;
        if (HasLeft)
        {
            return;
        }

        foreach (var entry in Pick(LeaveTold, static (engine, entry) => entry.IsPresent && !engine._leaveAcks.Contains(entry.Id.ToString())))
        {
            Send(MessageKind.Leave, entry.Id, entry.Member.Address, _leaveSequence, null, urgent: true, flags: HeaderBits.RequestAck);
        }

        var retry = now + LeaveRetry;
        _deadlines.Set(Deadline.Leave, retry < _leaveEnd ? retry : _leaveEnd);
    }

    private void LeaveAcknowledged(MemberEntry sender)
    {
        _leaveAcks.Add(sender.Id.ToString());
        HasLeft |= _leaveAcks.Count >= _leaveNeeded;
    }

    private void AskSeeds(MeshInstant now)
    {
        foreach (var seed in _seeds)
        {
            Send(MessageKind.Join, default, seed, 0, null, urgent: false, flags: HeaderBits.RequestAck);
        }

        // Half fixed, half chance: nodes that start together do not ask in step.
        _deadlines.Set(Deadline.Join, now + Scale(_joinPause, 0.5 + (_random.NextDouble() / 2)));
        _joinPause = TimeSpan.FromTicks(Math.Min(_joinPause.Ticks * 2, _settings.JoinRetryMax.Ticks));
    }

    private void TableReceived(in SwimHeader header, MemberEntry sender)
    {
        IsJoined = true;
        _deadlines.Stop(Deadline.Join);
        if ((header.Flags & HeaderBits.RequestAck) != 0)
        {
            SendTable(sender.Id, sender.Member.Address, HeaderBits.None);
        }
    }

    private void ScheduleGossip(MeshInstant now)
    {
        if (_deadlines[Deadline.Gossip] is null)
        {
            var next = _lastGossip + _settings.GossipInterval;
            _deadlines.Set(Deadline.Gossip, next > now ? next : now);
        }
    }

    private void GossipRound(MeshInstant now)
    {
        _lastGossip = now;
        if (_gossip.Count == 0)
        {
            return;
        }

        Counters.GossipRounds++;
        _pickTime = now;
        var targets = Pick(_settings.GossipFanout, static (engine, entry) => entry.IsPresent
            || (entry.Status == MemberStatus.Dead && engine._pickTime - entry.Member.Since < engine._settings.GossipToDead));
        foreach (var target in targets)
        {
            if (_gossip.Count == 0)
            {
                break;
            }

            Counters.GossipSent++;
            Send(MessageKind.Gossip, target.Id, target.Member.Address, 0, null, urgent: false);
        }

        if (targets.Length == 0)
        {
            // Nobody to tell: whoever joins gets the table.
            _gossip.Clear();
        }

        if (_gossip.Count > 0)
        {
            ScheduleGossip(now);
        }
    }

    /// <summary>Exchanges the table with one member. Less often in large meshes, so that the cost per node stays bounded (memberlist's scale).</summary>
    private void ExchangeTable(MeshInstant now)
    {
        var scale = _table.Present <= 32 ? 1 : Math.Ceiling(Math.Log2(_table.Present) - 5) + 1;
        _deadlines.Set(Deadline.AntiEntropy, now + Scale(_settings.AntiEntropyInterval, scale * (0.75 + (_random.NextDouble() / 2))));
        foreach (var partner in Pick(1, static (_, entry) => entry.Status == MemberStatus.Alive))
        {
            SendTable(partner.Id, partner.Member.Address, HeaderBits.RequestAck);
        }
    }

    /// <summary>Offers the table to a dead member: if it is only on the other side of a partition that has healed, both sides learn of it.</summary>
    private void Heal(MeshInstant now)
    {
        _deadlines.Set(Deadline.Heal, now + Scale(_settings.HealInterval, 0.75 + (_random.NextDouble() / 2)));
        if (IsLeaving)
        {
            return;
        }

        foreach (var dead in Pick(1, static (_, entry) => entry.Status == MemberStatus.Dead))
        {
            SendTable(dead.Id, dead.Member.Address, HeaderBits.RequestAck);
        }

        if (_table.Present == 1 && _seeds.Count > 0 && _deadlines[Deadline.Join] is null)
        {
            // Alone again: the seeds may know the others.
            _joinPause = _settings.JoinRetry;
            AskSeeds(now);
        }
    }

    /// <summary>Sends the whole table in as many datagrams as it takes; the last one asks for the other's.</summary>
    private void SendTable(MemberId target, MemberAddress address, HeaderBits flags)
    {
        var next = 0;
        do
        {
            var buffer = Rent();
            var writer = Begin(buffer, 0, null);
            for (; next < _table.Entries.Count; next++)
            {
                var entry = _table.Entries[next];
                if (!ReferenceEquals(entry, _self) && !TryWrite(ref writer, entry))
                {
                    break;
                }
            }

            Counters.AntiEntropySent++;
            var last = next == _table.Entries.Count ? flags : HeaderBits.None;
            Enqueue(writer.Finish(MessageKind.AntiEntropy, _senderId, _heartbeat, Self.Incarnation.Value, last | OwnFlags), target, address, buffer, urgent: false);
        }
        while (next < _table.Entries.Count);
    }
}
