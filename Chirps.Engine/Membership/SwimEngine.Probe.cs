using Chirps.Engine.Time;
using Chirps.Engine.Wire;

namespace Chirps.Engine.Membership;

/// <content>Failure detection: direct ping, helpers, nacks, and what this node does as a helper.</content>
public sealed partial class SwimEngine
{
    /// <summary>A helper says that it has no answer at this share of its timeout, so that the word arrives within the period.</summary>
    private const double NackAt = 0.8;

    /// <summary>Pings on behalf of others that may be open.</summary>
    private const int RelaysMax = 256;

    private const int ProbeReportsMax = 64;

    private readonly Probe _probe = new();
    private readonly List<Relay> _relays = [];
    private readonly Queue<ProbeReport> _reports = new();

    private TimeSpan Period => _settings.Period * (_health.Multiplier + 1);

    private TimeSpan RttTimeout => _settings.RttTimeout * (_health.Multiplier + 1);

    /// <summary>Takes the next report of a probe that has ended. Only the last 64 are kept.</summary>
    public bool TryDequeueProbe(out ProbeReport report) => _reports.TryDequeue(out report);

    /// <summary>
    /// The carrier has lost its way to a member. Evidence, not a verdict: the member is probed now instead of in its turn.
    /// </summary>
    public void Unreachable(MeshInstant now, MemberId peer)
    {
        ReturnLent();
        if (_table.Find(peer) is { IsPresent: true } entry && !ReferenceEquals(entry, _self) && _probe.Target is null)
        {
            BeginProbe(now, entry);
        }
    }

    private void BeginProbe(MeshInstant now, MemberEntry? urgent)
    {
        _heartbeat++;
        _deadlines.Set(Deadline.ProbeRound, now + Period);
        _deadlines.Stop(Deadline.IndirectProbe);
        _probe.Target = null;
        if (IsLeaving)
        {
            return;
        }

        var wrapped = false;
        var target = urgent ?? _probes.Next(out wrapped);
        if (wrapped)
        {
            Reap(now);
        }

        if (target is null)
        {
            return;
        }

        _probe.Begin(target, ++_sequence, now);
        _deadlines.Set(Deadline.IndirectProbe, now + RttTimeout);
        Ping(target, _probe.Sequence);
    }

    private void Ping(MemberEntry target, uint sequence)
    {
        Counters.PingsSent++;

        // A suspect must hear of it with the very ping, to be able to refute (Lifeguard's buddy system).
        Send(MessageKind.Ping, target.Id, target.Member.Address, sequence, target, urgent: true, first: target.Status == MemberStatus.Suspect ? target : null);
    }

    private void AskHelpers(MeshInstant now)
    {
        if (_probe.Target is not { } target || !target.IsPresent)
        {
            return;
        }

        foreach (var helper in Pick(_settings.IndirectProbes, static (engine, entry) => entry.Status == MemberStatus.Alive && !ReferenceEquals(entry, engine._probe.Target)))
        {
            _probe.Helpers++;
            Counters.PingRequestsSent++;
            Send(MessageKind.PingRequest, helper.Id, helper.Member.Address, _probe.Sequence, target, urgent: true);
        }
    }

    /// <summary>The period is over: without any acknowledgement the target becomes suspect, through the same path as any rumour.</summary>
    private void EndProbe(MeshInstant now)
    {
        if (_probe.Target is not { } target)
        {
            return;
        }

        _probe.Target = null;
        _health.ProbeFailed(_probe.Helpers, _probe.Nacks.Count);
        Counters.ProbeFailures++;
        Report(new ProbeReport(target.Id, false, _probe.Helpers > 0, now - _probe.Started, _probe.Helpers, _probe.Nacks.Count));

        // The accusation is of the incarnation known when the probe began: a refutation meanwhile stands above it.
        var accusation = _probe.Key with { Rank = MemberStatus.Suspect };
        if (accusation > target.Member.Key)
        {
            Change(now, target, accusation, target.Member.Address, _self.Id);
        }
        else if (accusation == target.Member.Key)
        {
            Confirm(now, target, _self.Id);
        }
    }

    private void AckReceived(MeshInstant now, in SwimMessage message, MemberEntry sender)
    {
        if (_probe.Target is { } target && message.Sequence == _probe.Sequence && message.TargetName.SequenceEqual(NameOf(target)))
        {
            var direct = ReferenceEquals(sender, target);
            _probe.Target = null;
            _deadlines.Stop(Deadline.IndirectProbe);
            _health.ProbeSucceeded();
            Report(new ProbeReport(target.Id, true, !direct, now - _probe.Started, _probe.Helpers, _probe.Nacks.Count));
            return;
        }

        for (var index = 0; index < _relays.Count; index++)
        {
            var relay = _relays[index];
            if (relay.Sequence == message.Sequence && ReferenceEquals(relay.Target, sender))
            {
                _relays.RemoveAt(index);
                Counters.AcksSent++;
                Send(MessageKind.Ack, relay.Requester.Id, relay.Requester.Member.Address, relay.RequestSequence, sender, urgent: true);
                return;
            }
        }

        if (IsLeaving && message.Sequence == _leaveSequence)
        {
            LeaveAcknowledged(sender);
        }
    }

    private void NackReceived(in SwimMessage message, MemberEntry sender)
    {
        if (_probe.Target is not null && message.Sequence == _probe.Sequence && !_probe.Nacks.Contains(sender.Id) && _probe.Nacks.Count < _probe.Helpers)
        {
            _probe.Nacks.Add(sender.Id);
        }
    }

    /// <summary>Pings a member for another one. Only members are pinged, at the address known here: nobody can aim this node at a stranger.</summary>
    private void Help(MeshInstant now, in SwimMessage message, MemberEntry requester)
    {
        var target = _table.Find(message.TargetName);
        if (target is null || ReferenceEquals(target, _self) || _relays.Count >= RelaysMax)
        {
            Nack(requester, message.Sequence, target);
            return;
        }

        var relay = new Relay(requester, message.Sequence, target, ++_sequence, now + Scale(_settings.RttTimeout, NackAt), IsNacked: false);
        _relays.Add(relay);
        Ping(target, relay.Sequence);
    }

    /// <summary>Tells those who asked that their target has not answered; its answer is still relayed for a period.</summary>
    private void AnswerForSilentTargets(MeshInstant now)
    {
        for (var index = _relays.Count - 1; index >= 0; index--)
        {
            var relay = _relays[index];
            if (relay.Due > now)
            {
                continue;
            }

            if (relay.IsNacked)
            {
                _relays.RemoveAt(index);
                continue;
            }

            _relays[index] = relay with { IsNacked = true, Due = now + _settings.Period };
            Nack(relay.Requester, relay.RequestSequence, relay.Target);
        }
    }

    private void Nack(MemberEntry requester, uint sequence, MemberEntry? target)
    {
        Counters.NacksSent++;
        Send(MessageKind.Nack, requester.Id, requester.Member.Address, sequence, target, urgent: true);
    }

    /// <summary>Somebody else answers at the address of the member that was pinged: that process is no more.</summary>
    private void WrongIdentityReceived(MeshInstant now, in SwimMessage message, MemberEntry sender)
    {
        if (_probe.Target is { IsPresent: true } target && message.Sequence == _probe.Sequence && !ReferenceEquals(target, sender) && target.Member.Address == message.SenderAddress)
        {
            _probe.Target = null;
            Change(now, target, target.Member.Key with { Rank = MemberStatus.Dead }, target.Member.Address, _self.Id);
        }
    }

    private void Report(in ProbeReport report)
    {
        if (_reports.Count >= ProbeReportsMax)
        {
            _reports.Dequeue();
        }

        _reports.Enqueue(report);
    }

    /// <summary>The one probe under way.</summary>
    private sealed class Probe
    {
        /// <summary>Who is probed; <see langword="null"/> when none is, or it has answered.</summary>
        public MemberEntry? Target { get; set; }

        public uint Sequence { get; private set; }

        public MeshInstant Started { get; private set; }

        /// <summary>What was known of the target when the probe began.</summary>
        public FactKey Key { get; private set; }

        public int Helpers { get; set; }

        public List<MemberId> Nacks { get; } = [];

        public void Begin(MemberEntry target, uint sequence, MeshInstant now)
        {
            Target = target;
            Sequence = sequence;
            Started = now;
            Key = target.Member.Key;
            Helpers = 0;
            Nacks.Clear();
        }
    }

    /// <summary>A ping on behalf of another member.</summary>
    private readonly record struct Relay(MemberEntry Requester, uint RequestSequence, MemberEntry Target, uint Sequence, MeshInstant Due, bool IsNacked);
}
