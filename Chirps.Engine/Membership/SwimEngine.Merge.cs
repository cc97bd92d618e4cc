using Chirps.Engine.Time;
using Chirps.Engine.Wire;

namespace Chirps.Engine.Membership;

/// <content>Merging facts: the only way a member's status changes, for rumours and for this node's own findings alike.</content>
public sealed partial class SwimEngine
{
    /// <summary>Applies this node's own finding about a member.</summary>
    private void ApplyOwn(MeshInstant now, MemberRecord subject, FactKey key) => Apply(
        now,
        new WireFact { Name = subject.NameUtf8, Key = key, Address = subject.Address, Accuser = _self.NameUtf8 },
        Peer.Of(_self),
        isExchange: false);

    /// <summary>Applies a fact: the larger key wins.</summary>
    /// <param name="now">The present instant.</param>
    /// <param name="fact">The fact.</param>
    /// <param name="source">Who told.</param>
    /// <param name="isExchange">Whether it comes from a whole table, where a death may be long out of date.</param>
    private void Apply(MeshInstant now, scoped in WireFact fact, Peer source, bool isExchange)
    {
        var record = _members.Find(fact.Name);
        if (record == _self)
        {
            ApplyToSelf(now, fact, source);
            return;
        }

        if (record is null)
        {
            ApplyToUnknown(now, fact, source);
            return;
        }

        var key = fact.Key;
        var accuser = fact.Accuser.IsEmpty ? null : _members.Find(fact.Accuser);
        if (isExchange && key.Rank == MemberStatus.Dead && record.Key < key)
        {
            // A death in a table cannot kill by itself (memberlist): the member gets its chance to refute.
            key = key with { Rank = MemberStatus.Suspect };
            accuser = source.Record;
        }

        if (key.Rank == MemberStatus.Left && record.IsPresent && source.Record != record && key > record.Key)
        {
            _counters.Drop(DropReason.UnprovenLeave);
            Hasten(now, record);
            return;
        }

        if (key > record.Key)
        {
            _counters.MergesApplied++;
            TakeOver(now, record, key, fact.Address, accuser);
        }
        else if (key == record.Key && key.Rank == MemberStatus.Suspect)
        {
            Confirm(now, record, accuser);
        }
        else
        {
            _counters.MergesStale++;
            if (key.Generation == record.Key.Generation && key.Incarnation == record.Key.Incarnation && fact.Address != record.Address)
            {
                RaiseConflict(now, record, key.Generation, fact.Address);
            }

            var isMisled = record.Status == MemberStatus.Left || (record.Status == MemberStatus.Dead && key.Rank == MemberStatus.Alive);
            if (isMisled && key < record.Key && source.Record != record)
            {
                // Whoever missed the end of a member hears of it: at most once a period, see AnswerWith.
                AnswerWith(now, record, source);
            }
        }
    }

    private void ApplyToUnknown(MeshInstant now, scoped in WireFact fact, Peer source)
    {
        if (fact.Key.Rank != MemberStatus.Alive)
        {
            _counters.MergesUnknown++;
            if (fact.Key.Rank != MemberStatus.Suspect)
            {
                _tombstones.Remember(fact.Name, fact.Key, fact.Address, now);
            }

            return;
        }

        if (_tombstones.TryFind(fact.Name, now, out var end, out var address) && fact.Key <= end)
        {
            _counters.MergesStale++;
            AnswerTombstone(now, fact.Name, end, address, source);
            return;
        }

        if (_members.IsFull && _members.OldestGone() is { } gone)
        {
            Forget(now, gone);
        }

        if (_members.IsFull || !MemberId.TryParse(fact.Name, out var id))
        {
            _counters.Drop(DropReason.TableFull);
            return;
        }

        _tombstones.Forget(fact.Name, now);
        _counters.MergesApplied++;
        _counters.MergesNew++;
        var record = _members.Add(id, fact.Key, fact.Address, now);
        _probeList.Add(record);
        _state.Open(record.State);
        Emit(now, MembershipChangeKind.Joined, record, oldStatus: null);
        Enqueue(record);
    }

    /// <summary>Replaces what is held of a member by a newer fact.</summary>
    private void TakeOver(MeshInstant now, MemberRecord record, FactKey key, MemberAddress address, MemberRecord? accuser)
    {
        var old = record.Key;
        var oldAddress = record.Address;
        var isNewProcess = key.Generation > old.Generation;
        if (isNewProcess)
        {
            record.LastAck = null;
            record.Rtt = default;
            record.CredentialHash = 0;
            record.Heartbeats.Clear();
        }

        if (key.Rank == MemberStatus.Alive)
        {
            record.Heartbeats.Renew(now);
        }

        // Only the member itself says where it is; an accusation keeps the address held.
        record.Suspicion = null;
        record.Accuser = accuser == record ? null : accuser;
        _members.Change(record, key, key.Rank == MemberStatus.Alive || isNewProcess ? address : oldAddress, now);
        if (isNewProcess)
        {
            _state.Renew(record.State, key.Generation);
        }

        _state.SetPresent(now, record.State, record.IsPresent);
        if (key.Rank == MemberStatus.Suspect)
        {
            BeginSuspicion(now, record);
        }

        NoteAccusation(now, record);
        Enqueue(record);
        ArmSuspicion();
        if (key.Rank == MemberStatus.Left)
        {
            Emit(now, MembershipChangeKind.Left, record, old.Rank);
        }
        else if (record.IsPresent && (isNewProcess || old.Rank >= MemberStatus.Dead))
        {
            Emit(now, MembershipChangeKind.Joined, record, old.Rank);
            if (!isNewProcess)
            {
                // Back from the dead: probably a partition healed, and it knows of others.
                ExchangeSoon(now, record);
            }
        }
        else if (key.Rank != old.Rank)
        {
            Emit(now, MembershipChangeKind.StatusChanged, record, old.Rank);
        }
        else if (record.Address != oldAddress)
        {
            Emit(now, MembershipChangeKind.Updated, record, old.Rank);
        }
    }

    /// <summary>Keeps the record of accusations in step with the newest fact.</summary>
    private static void NoteAccusation(MeshInstant now, MemberRecord record)
    {
        switch (record.Status)
        {
            case MemberStatus.Alive:
                record.Accusations?.End(now, AccusationOutcome.Refuted, by: null);
                break;
            case MemberStatus.Suspect:
                (record.Accusations ??= new AccusationLog()).Begin(now, record.Key, record.Accuser?.Id);
                break;
            case MemberStatus.Dead:
                record.Accusations ??= new AccusationLog();
                record.Accusations.EndOrAdd(now, record.Key, AccusationOutcome.Dead, record.Accuser?.Id);
                break;
            default:
                record.Accusations?.End(now, AccusationOutcome.Left, by: null);
                break;
        }
    }

    private void BeginSuspicion(MeshInstant now, MemberRecord suspect)
    {
        // Those that could confirm: alive, without the suspect (no longer counted as alive) and this node.
        var confirmers = _members.CountOf(MemberStatus.Alive) - 1;
        var members = _members.PresentCount;
        suspect.Suspicion = new Suspicion(
            now,
            suspect.Accuser,
            SwimFormulas.Confirmations(_settings, confirmers),
            SwimFormulas.SuspicionMin(_settings, members),
            SwimFormulas.SuspicionMax(_settings, members));
    }

    /// <summary>Counts an independent accuser; only a new one is passed on (Lifeguard paper).</summary>
    private void Confirm(MeshInstant now, MemberRecord suspect, MemberRecord? accuser)
    {
        if (accuser is not { IsPresent: true } || accuser == suspect || !suspect.Suspicion!.TryConfirm(accuser))
        {
            _counters.MergesStale++;
            return;
        }

        _counters.Confirmations++;
        suspect.Accuser = accuser;
        suspect.Accusations?.Confirm(now, accuser.Id, isWitness: false);
        Enqueue(suspect);
        if (DeadlineOf(suspect.Suspicion) <= now)
        {
            _deadlines.Set(SwimDeadline.Suspicion, now);
            return;
        }

        ArmSuspicion();
    }

    private void ApplyToSelf(MeshInstant now, scoped in WireFact fact, Peer source)
    {
        var key = fact.Key;
        if (key.Generation > _self.Key.Generation)
        {
            RaiseConflict(now, _self, key.Generation, fact.Address);
            return;
        }

        if (key > _self.Key)
        {
            Refute(now, key, _members.Find(fact.Accuser), source);
            return;
        }

        _counters.MergesStale++;
        if (key.Generation == _self.Key.Generation && key.Incarnation == _self.Key.Incarnation)
        {
            if (fact.Address != _self.Address)
            {
                RaiseConflict(now, _self, key.Generation, fact.Address);
            }
        }
        else if (key.Rank != MemberStatus.Alive)
        {
            AnswerWith(now, _self, source);
        }
    }

    /// <summary>Overrules a rumour about this node by a higher incarnation, told at once to the accuser and to k others.</summary>
    /// <remarks>
    /// SWIM paper, section 4.2; to max(own, rumour) + 1 in one step (memberlist). When the counter is exhausted the process takes
    /// a new identity: the next generation. A leaving process raises its incarnation too, and stays Left.
    /// </remarks>
    private void Refute(MeshInstant now, FactKey rumour, MemberRecord? accuser, Peer source)
    {
        var key = _self.Key;
        key = rumour.Incarnation.Value == uint.MaxValue
            ? key with { Generation = new Generation(key.Generation.Value + 1), Incarnation = default }
            : key with { Incarnation = new Incarnation(Math.Max(key.Incarnation.Value, rumour.Incarnation.Value) + 1) };
        _members.Change(_self, key, _self.Address, now);
        if (key.Generation != _state.Own.Generation)
        {
            _state.RenameOwn(key.Generation);
        }

        _health.Refuted();
        _counters.Refutations++;
        (_self.Accusations ??= new AccusationLog()).Begin(now, rumour, accuser?.Id ?? source.Record?.Id);
        _self.Accusations.End(now, AccusationOutcome.Refuted, by: null);
        Enqueue(_self);
        Send(Head(MessageKind.Gossip, 0), source, urgent: false, _self);
        if (accuser is not null && accuser != source.Record && accuser != _self)
        {
            Send(Head(MessageKind.Gossip, 0), Peer.Of(accuser), urgent: false, _self);
        }

        foreach (var other in _picker.Pick(now, _settings.IndirectProbes, PeerFilter.Alive, _self, accuser ?? source.Record))
        {
            Send(Head(MessageKind.Gossip, 0), Peer.Of(other), urgent: false, _self);
        }
    }

    /// <summary>Forgets the dead and the left whose time is over (never the present), keeping a tombstone.</summary>
    private void Reap(MeshInstant now)
    {
        for (var index = _members.Count - 1; index >= 0; index--)
        {
            var record = _members.Records[index];
            if (!record.IsPresent && record != _self && now - record.Since >= _settings.TombstoneTime)
            {
                Forget(now, record);
            }
        }
    }

    private void Forget(MeshInstant now, MemberRecord record)
    {
        _counters.Reaped++;
        _members.Remove(record);
        _probeList.Remove(record);
        _gossip.Remove(record);
        _state.Close(record.State);
        _tombstones.Remember(record.NameUtf8, record.Key, record.Address, now);
    }

    private void Enqueue(MemberRecord subject)
    {
        var dropped = _gossip.Enqueue(subject, _members.Count);
        _counters.Drop(DropReason.GossipQueueFull, dropped);
        ScheduleGossip();
    }

    private void Emit(MeshInstant now, MembershipChangeKind kind, MemberRecord record, MemberStatus? oldStatus)
    {
        var accused = record.Status is MemberStatus.Suspect or MemberStatus.Dead;
        var change = new MembershipChange(
            ++_version,
            kind,
            record.ToMember(),
            oldStatus,
            record.Status,
            accused ? record.Accuser?.Id : null,
            record.LastAck is { } ack ? now - ack : null);
        if (!_events.Add(change))
        {
            _counters.Drop(DropReason.EventsFull);
        }
    }
}
