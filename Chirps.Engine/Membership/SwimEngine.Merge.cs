using Chirps.Engine.Time;
using Chirps.Engine.Wire;

namespace Chirps.Engine.Membership;

/// <content>What a fact does to the table: the larger key holds, and every change is gossiped on and becomes an event.</content>
public sealed partial class SwimEngine
{
    private void Merge(MeshInstant now, in WireFact fact, MemberEntry sender, bool wholeTable)
    {
        if (fact.Name.SequenceEqual(_selfName))
        {
            MergeAboutSelf(now, fact, sender);
            return;
        }

        var entry = _table.Find(fact.Name);
        if (entry is null)
        {
            MergeUnknown(now, fact, sender);
            return;
        }

        var known = entry.Member.Key;
        if (fact.Key < known)
        {
            Counters.MergesStale++;
            return;
        }

        var accuser = AccuserOf(fact, sender, wholeTable);
        if (fact.Key == known)
        {
            Confirm(now, entry, accuser);
            return;
        }

        Counters.MergesUpdated++;
        if (wholeTable && fact.Key.Rank == MemberStatus.Dead)
        {
            // A death learnt from somebody's table may be old: it becomes a suspicion here, which the member can refute.
            var suspicion = fact.Key with { Rank = MemberStatus.Suspect };
            if (suspicion > known)
            {
                Change(now, entry, suspicion, fact.Address, _self.Id);
            }
        }
        else
        {
            Change(now, entry, fact.Key, fact.Address, accuser);
        }
    }

    private void MergeUnknown(MeshInstant now, in WireFact fact, MemberEntry? sender)
    {
        if (!MemberId.TryParse(fact.Name, out var id))
        {
            Counters.Fault(DecodeFault.BadValue);
            return;
        }

        if (fact.Key.Rank is MemberStatus.Dead or MemberStatus.Left)
        {
            _table.Bury(id, fact.Key);
            return;
        }

        if (_table.IsBuried(id, fact.Key, out var buried))
        {
            // The one who says this must learn that it is over; its owner, if it lives, must refute.
            Counters.MergesStale++;
            if (sender is not null)
            {
                SendFact(sender.Id, sender.Member.Address, id, buried, fact.Address, default);
            }

            return;
        }

        if (_table.Entries.Count >= _settings.MembersMax)
        {
            Counters.MembersRefused++;
            return;
        }

        Counters.MergesNew++;
        var entry = Add(now, id, fact.Key with { Rank = MemberStatus.Alive }, fact.Address);
        if (fact.Key.Rank == MemberStatus.Suspect)
        {
            Change(now, entry, fact.Key, fact.Address, _self.Id);
        }
    }

    /// <summary>A rumour about this node itself: refuted at once (SWIM, section 4.2), unless it is leaving.</summary>
    private void MergeAboutSelf(MeshInstant now, in WireFact fact, MemberEntry sender)
    {
        var own = _self.Member.Key;
        if (fact.Key.Generation != own.Generation || fact.Key <= own)
        {
            return;
        }

        if (IsLeaving)
        {
            return;
        }

        var incarnation = new Incarnation(Math.Max(fact.Key.Incarnation.Value, own.Incarnation.Value) + 1);
        _self.Member = _self.Member with { Incarnation = incarnation };
        Counters.Refutations++;
        _health.Refuted();
        Enqueue(now, _self, default);
        SendFact(sender.Id, sender.Member.Address, default, default, default, default);
        if (_table.Find(fact.Accuser) is { } accuser && !ReferenceEquals(accuser, sender) && !ReferenceEquals(accuser, _self))
        {
            SendFact(accuser.Id, accuser.Member.Address, default, default, default, default);
        }

        foreach (var other in Pick(_settings.IndirectProbes, static (_, entry) => entry.IsPresent))
        {
            SendFact(other.Id, other.Member.Address, default, default, default, default);
        }
    }

    private MemberId AccuserOf(in WireFact fact, MemberEntry sender, bool wholeTable)
    {
        if (wholeTable || fact.Key.Rank == MemberStatus.Alive)
        {
            return _self.Id;
        }

        return _table.Find(fact.Accuser)?.Id ?? (fact.Accuser.SequenceEqual(_selfName) ? _self.Id : sender.Id);
    }

    private MemberEntry Add(MeshInstant now, MemberId id, FactKey key, MemberAddress address)
    {
        var entry = new MemberEntry(new Member(id, key.Generation, key.Incarnation, MemberStatus.Alive, address, now));
        _table.Add(entry);
        _probes.Add(entry);
        Enqueue(now, entry, default);
        Publish(now, entry, MembershipChangeKind.Joined, null, default);
        return entry;
    }

    /// <summary>One more accuser of a suspect shortens its time, and is passed on while it counts.</summary>
    private void Confirm(MeshInstant now, MemberEntry entry, MemberId accuser)
    {
        if (entry.Suspicion is { } suspicion && suspicion.Confirm(accuser))
        {
            Enqueue(now, entry, accuser);
            ExpireSuspicions(now);
        }
    }

    /// <summary>The one place where a member changes. The key must be larger than the known one.</summary>
    private void Change(MeshInstant now, MemberEntry entry, FactKey key, MemberAddress address, MemberId accuser)
    {
        var old = entry.Member;
        var reborn = key.Generation > old.Generation;
        var since = key.Rank == old.Status && !reborn ? old.Since : now;
        _table.Replace(entry, old with
        {
            Generation = key.Generation,
            Incarnation = key.Incarnation,
            Status = key.Rank,
            Since = since,
            Address = reborn || key.Rank == MemberStatus.Alive ? address : old.Address,
        });
        if (reborn)
        {
            entry.LastHeard = null;
        }

        Suspect(now, entry, accuser, startAgain: reborn);
        Enqueue(now, entry, accuser);
        if (Kind(old, entry.Member, reborn) is { } kind)
        {
            Publish(now, entry, kind, reborn && entry.Status == MemberStatus.Alive ? null : old.Status, accuser);
        }
    }

    private static MembershipChangeKind? Kind(Member old, Member now, bool reborn) => (old.Status, now.Status) switch
    {
        (_, MemberStatus.Alive) when reborn => MembershipChangeKind.Joined,
        (MemberStatus.Dead or MemberStatus.Left, MemberStatus.Alive) => MembershipChangeKind.Joined,
        (not MemberStatus.Left, MemberStatus.Left) => MembershipChangeKind.Left,
        var (before, after) when before != after => MembershipChangeKind.StatusChanged,
        _ => old.Address != now.Address ? MembershipChangeKind.Updated : null,
    };

    /// <summary>Starts, keeps or ends the suspicion of a member, as its status now says.</summary>
    private void Suspect(MeshInstant now, MemberEntry entry, MemberId accuser, bool startAgain)
    {
        if (entry.Status != MemberStatus.Suspect)
        {
            entry.Suspicion = null;
            _suspects.Remove(entry);
            return;
        }

        if (entry.Suspicion is null || startAgain)
        {
            // Confirmations can come from members that are alive, this node and the suspect excepted.
            var scale = Math.Max(1, Math.Log10(Math.Max(1, _table.Present)));
            var shortest = Scale(_settings.Period, _settings.SuspicionMultiplier * scale);
            shortest = shortest > _settings.SuspicionFloor ? shortest : _settings.SuspicionFloor;
            var needed = Math.Min(_settings.SuspicionConfirmations, Math.Max(0, _table.Alive - 1));
            entry.Suspicion = new Suspicion(now, accuser, shortest, Scale(shortest, _settings.SuspicionMaxMultiplier), needed);
            if (!_suspects.Contains(entry))
            {
                _suspects.Add(entry);
            }
        }
        else
        {
            entry.Suspicion.Confirm(accuser);
        }
    }

    private void Publish(MeshInstant now, MemberEntry entry, MembershipChangeKind kind, MemberStatus? old, MemberId accuser)
        => _events.Enqueue(new MembershipChange(
            ++_version,
            kind,
            entry.Member,
            old,
            entry.Status,
            entry.Status is MemberStatus.Suspect or MemberStatus.Dead && !accuser.IsDefault ? accuser : null,
            entry.LastHeard is { } heard ? now - heard : null));

    private void Enqueue(MeshInstant now, MemberEntry entry, MemberId accuser)
    {
        _gossip.Add(entry.Id, entry.Member.Key, entry.Member.Address, entry.Status is MemberStatus.Suspect or MemberStatus.Dead ? accuser : default);
        Counters.GossipDropped = _gossip.Dropped;
        ScheduleGossip(now);
    }

    /// <summary>Forgets the members that have been gone for long enough.</summary>
    private void Reap(MeshInstant now)
    {
        for (var index = _table.Entries.Count - 1; index >= 0; index--)
        {
            var entry = _table.Entries[index];
            if (!entry.IsPresent && !ReferenceEquals(entry, _self) && now - entry.Member.Since >= _settings.TombstoneTime)
            {
                _table.Remove(entry);
                _probes.Remove(entry);
                _gossip.Remove(entry.Id);
            }
        }
    }
}
