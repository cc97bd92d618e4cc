using Chirps.Engine.Time;
using Chirps.Engine.Wire;

namespace Chirps.Engine.Membership;

/// <content>Probing, helping others to probe, and what follows from silence.</content>
public sealed partial class SwimEngine
{
    /// <summary>What is left of a period for a helper's ping once the asker has waited for the direct answer.</summary>
    private TimeSpan HelpTimeout => _settings.Period - _settings.RttTimeout;

    private void StartProbeRound(MeshInstant now)
    {
        if (_probe.Target is not null)
        {
            FailProbe(now);
        }

        _deadlines.Set(SwimDeadline.ProbeRound, now + _health.Scale(_settings.Period));
        _heartbeat++;
        if (NextTarget(now) is not { } target)
        {
            return;
        }

        _probe.Begin(now, target, ++_sequence);
        Ping(Peer.Of(target), target.NameUtf8, target.Key.Generation, _sequence);
        _deadlines.Set(SwimDeadline.IndirectProbe, now + _health.Scale(target.Rtt.Timeout(_settings.RttTimeoutMin, _settings.RttTimeout)));
    }

    private MemberRecord? NextTarget(MeshInstant now)
    {
        MemberRecord? target;
        bool isTimeToReap;
        if (_detector.ProbesEveryone)
        {
            target = _probeList.Next(out isTimeToReap);
        }
        else
        {
            SpreadHeartbeats(now);
            JudgeHeartbeats(now);
            target = _probeList.NextUrgent();
            isTimeToReap = _heartbeat % RoundsPerReap == 0;
        }

        if (isTimeToReap)
        {
            Reap(now);
        }

        return target;
    }

    /// <summary>Asks k other members to probe the target (SWIM paper, section 3.1).</summary>
    private void AskOthers(MeshInstant now)
    {
        if (_probe.Target is not { } target)
        {
            return;
        }

        _probe.BecomeIndirect();
        foreach (var helper in _picker.Pick(now, _settings.IndirectProbes, PeerFilter.Alive, _self, target))
        {
            _probe.AddHelper(helper);
            var message = Head(MessageKind.PingRequest, _probe.Sequence);
            message.TargetName = target.NameUtf8;
            message.TargetGeneration = _probe.KeyAtStart.Generation;
            message.TargetAddress = target.Address;
            Send(message, Peer.Of(helper), urgent: true);
            _counters.PingRequestsSent++;
        }
    }

    private void SucceedProbe(MeshInstant now)
    {
        _probe.Target!.LastAck = now;
        _health.ProbeSucceeded();
        ArmSuspicion();
        _counters.ProbesSucceeded++;
        EndProbe(_probe.End(now, succeeded: true));
        if (_probeList.HasUrgent)
        {
            _deadlines.Set(SwimDeadline.ProbeRound, now);
        }
    }

    private void FailProbe(MeshInstant now)
    {
        var target = _probe.Target!;
        var key = _probe.KeyAtStart;
        var report = _probe.End(now, succeeded: false);
        _health.ProbeFailed(report.NacksExpected, report.NacksReceived);
        _counters.ProbesFailed++;
        EndProbe(report);
        if (now < _quietUntil)
        {
            // This process was slow while it waited: the silence may be its own. The target is asked again.
            _counters.VerdictsWithheld++;
            _probeList.TryHasten(target);
            return;
        }

        ApplyOwn(now, target, key with { Rank = MemberStatus.Suspect });
        HearWitnesses(now, target);
    }

    /// <summary>Counts each helper that got no answer either: it tried by a path of its own, so it confirms the suspicion.</summary>
    private void HearWitnesses(MeshInstant now, MemberRecord target)
    {
        if (target.Suspicion is not { } suspicion || _probe.HelperCount == 0)
        {
            return;
        }

        var answers = new HelperAnswer[_probe.HelperCount];
        for (var index = 0; index < answers.Length; index++)
        {
            var (helper, nacked) = _probe.HelperAt(index);
            answers[index] = new HelperAnswer(helper.Id, nacked);
            if (nacked && helper.IsPresent && suspicion.TryConfirm(helper))
            {
                _counters.Confirmations++;
                target.Accusations?.Confirm(now, helper.Id, isWitness: true);
            }

            if (!nacked)
            {
                // It did not answer either: perhaps several members are gone.
                Hasten(now, helper);
            }
        }

        target.Accusations?.SetHelpers(answers);
        ArmSuspicion();
    }

    private void EndProbe(ProbeReport report)
    {
        _deadlines.Stop(SwimDeadline.IndirectProbe);
        _reports.Add(report);
    }

    /// <summary>Probes a member out of turn, at once if no probe runs.</summary>
    private void Hasten(MeshInstant now, MemberRecord member)
    {
        if (!IsLeaving && _probe.Target != member && _probeList.TryHasten(member) && _probe.Target is null)
        {
            _deadlines.Set(SwimDeadline.ProbeRound, now);
        }
    }

    private void Ping(Peer target, ReadOnlySpan<byte> name, Generation generation, uint sequence)
    {
        var message = Head(MessageKind.Ping, sequence);
        message.TargetName = name;
        message.TargetGeneration = generation;
        Send(message, target, urgent: true);
        _counters.PingsSent++;
    }

    private void OnPing(scoped in SwimMessage message, Peer sender)
    {
        if (message.TargetGeneration != _self.Key.Generation || !_self.Id.Is(message.TargetName))
        {
            // An identity that is not running here must not be kept alive by an ack; the asker learns at once that it is gone.
            var answer = Head(MessageKind.WrongIdentity, message.Sequence);
            answer.TargetName = message.TargetName;
            answer.TargetGeneration = message.TargetGeneration;
            Send(answer, sender, urgent: true, _self);
            _counters.WrongIdentitiesSent++;
            return;
        }

        Acknowledge(sender, message.Sequence);
    }

    private void Acknowledge(Peer to, uint sequence)
    {
        Send(Head(MessageKind.Ack, sequence), to, urgent: true);
        _counters.AcksSent++;
    }

    private void OnPingRequest(MeshInstant now, scoped in SwimMessage message, Peer sender)
    {
        var target = _members.Find(message.TargetName);
        if (target == _self)
        {
            return;
        }

        var id = target?.Id ?? default;
        if ((id.IsDefault && !MemberId.TryParse(message.TargetName, out id)) || sender.Id.IsDefault)
        {
            return;
        }

        var probe = new HelpedProbe(
            ++_sequence, id, message.TargetGeneration, sender.Id, sender.Address, message.Sequence,
            now + NackDelay(sender.Record), now + HelpTimeout, Nacked: false);
        if (!_helped.TryAdd(probe))
        {
            _counters.Drop(DropReason.TooManyHelps);
            return;
        }

        _deadlines.Set(SwimDeadline.HelpedProbe, _helped.Next);
        Ping(new Peer(target, id, message.TargetAddress), message.TargetName, message.TargetGeneration, probe.Sequence);
    }

    /// <summary>When to report that no ack came: late enough for one, early enough that the report arrives within the asker's period.</summary>
    private TimeSpan NackDelay(MemberRecord? asker)
    {
        var delay = HelpTimeout * _settings.NackShare;
        var latest = HelpTimeout - (asker?.Rtt.Bound ?? TimeSpan.Zero);
        var earliest = HelpTimeout / 2;
        return latest >= delay ? delay : latest > earliest ? latest : earliest;
    }

    private void OnAck(MeshInstant now, scoped in SwimMessage message, Peer sender)
    {
        if (_helped.TryTake(message.Sequence, message.SenderName, message.SenderGeneration, out var helped))
        {
            _deadlines.Set(SwimDeadline.HelpedProbe, _helped.Next);
            Acknowledge(new Peer(_members.Find(helped.Requester), helped.Requester, helped.RequesterAddress), helped.RequesterSequence);
            return;
        }

        if (sender.Record is not { } record)
        {
            _counters.Drop(DropReason.LateAnswer);
            return;
        }

        var rightProcess = record != _probe.Target || message.SenderGeneration == _probe.KeyAtStart.Generation;
        if (rightProcess && _probe.IsAnsweredBy(message.Sequence, record))
        {
            if (record == _probe.Target)
            {
                record.Rtt = record.Rtt.With(now - _probe.Start);
            }

            SucceedProbe(now);
        }
        else if (!_leave.TryAcknowledge(message.Sequence, record))
        {
            _counters.Drop(DropReason.LateAnswer);
        }
    }

    private void OnNack(scoped in SwimMessage message, Peer sender)
    {
        if (sender.Record is null || !_probe.TryNack(message.Sequence, sender.Record))
        {
            _counters.Drop(DropReason.LateAnswer);
        }
    }

    /// <summary>The address probed belongs to somebody else now: the process probed is gone.</summary>
    private void OnWrongIdentity(MeshInstant now, scoped in SwimMessage message)
    {
        if (_probe.Target is not { } target || message.Sequence != _probe.Sequence
            || message.TargetGeneration != _probe.KeyAtStart.Generation || !target.Id.Is(message.TargetName))
        {
            return;
        }

        var key = _probe.KeyAtStart;
        EndProbe(_probe.End(now, succeeded: false));
        if (target.Key.Generation == key.Generation && target.IsPresent)
        {
            ApplyOwn(now, target, target.Key with { Rank = MemberStatus.Dead });
        }
    }

    /// <summary>Reports to each asker that its target has not answered (Lifeguard paper), and probes the target itself next.</summary>
    /// <remarks>A second probe by the helper confirms a real crash within a period or two, while a lossy path from the asker alone gets no confirmation.</remarks>
    private void SendNacks(MeshInstant now)
    {
        while (_helped.TryTakeNack(now, out var probe))
        {
            Send(Head(MessageKind.Nack, probe.RequesterSequence), new Peer(_members.Find(probe.Requester), probe.Requester, probe.RequesterAddress), urgent: true);
            _counters.NacksSent++;
            if (_members.Find(probe.Target) is { Status: MemberStatus.Alive } target && target.Key.Generation == probe.TargetGeneration)
            {
                Hasten(now, target);
            }
        }

        _deadlines.Set(SwimDeadline.HelpedProbe, _helped.Next);
    }

    private void ExpireSuspicions(MeshInstant now)
    {
        for (var index = _members.Suspects.Count - 1; index >= 0; index--)
        {
            var suspect = _members.Suspects[index];
            if (DeadlineOf(suspect.Suspicion!) <= now && suspect.Suspicion!.WasCalled)
            {
                _counters.DeathsDeclared++;
                ApplyOwn(now, suspect, suspect.Key with { Rank = MemberStatus.Dead });
            }
            else if (suspect.Suspicion!.NextCall <= now)
            {
                // Its refutation may have been lost on the way here: the ack to a ping that carries the suspicion repeats it.
                suspect.Suspicion.Called();
                suspect.Suspicion.Postpone(TimeSpan.Zero, now + _settings.RttTimeout);
                Ping(Peer.Of(suspect), suspect.NameUtf8, suspect.Key.Generation, ++_sequence);
                AskForNews(now, suspect);
            }
        }

        ArmSuspicion();
    }

    /// <summary>Asks some others whether they have heard the suspect's refutation, which may have been lost only on its way here.</summary>
    /// <remarks>With the calls alone a fifth of loss still buried one live member among 30 in an hour: the refutation has left everybody's queue when gossip happened to miss one of them.</remarks>
    private void AskForNews(MeshInstant now, MemberRecord suspect)
    {
        foreach (var other in _picker.Pick(now, _settings.IndirectProbes, PeerFilter.Alive, _self, suspect))
        {
            Send(Head(MessageKind.Gossip, 0, MessageFlags.RequestNews), Peer.Of(other), urgent: true, suspect);
        }
    }

    /// <summary>Tells a newer fact of the same process to a member that is about to bury it.</summary>
    private void OnNewsRequest(scoped in SwimMessage message, Peer sender)
    {
        var facts = message.Facts;
        if (SwimCodec.TryNextFact(ref facts, out var fact) && _members.Find(fact.Name) is { IsPresent: true } record && record.Key > fact.Key)
        {
            _counters.StaleAnswers++;
            Send(Head(MessageKind.Gossip, 0), sender, urgent: true, record);
        }
    }

    private MeshInstant DeadlineOf(Suspicion suspicion) => _health.DoubtsItself ? suspicion.DoubtfulDeadline : suspicion.Deadline;

    private void ArmSuspicion()
    {
        MeshInstant? next = null;
        for (var index = 0; index < _members.Suspects.Count && !IsLeaving; index++)
        {
            var suspicion = _members.Suspects[index].Suspicion!;
            var deadline = suspicion.NextCall is { } call && call < DeadlineOf(suspicion) ? call : DeadlineOf(suspicion);
            next = next is { } earliest && earliest <= deadline ? earliest : deadline;
        }

        _deadlines.Set(SwimDeadline.Suspicion, next);
    }
}
