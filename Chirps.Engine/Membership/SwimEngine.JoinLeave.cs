using Chirps.Engine.Time;
using Chirps.Engine.Wire;

namespace Chirps.Engine.Membership;

/// <content>Coming and going.</content>
public sealed partial class SwimEngine
{
    /// <summary>Joins through seeds: asks until one answers, with backoff and jitter. May be called again with more seeds.</summary>
    /// <param name="now">The present instant.</param>
    /// <param name="seeds">Addresses of members; this node's own is ignored. They also serve to find the cluster again after a partition.</param>
    /// <exception cref="InvalidOperationException">The node is leaving; nothing changed.</exception>
    public void Join(MeshInstant now, IReadOnlyList<MemberAddress> seeds)
    {
        ArgumentNullException.ThrowIfNull(seeds);
        if (IsLeaving)
        {
            throw new InvalidOperationException("A node that leaves cannot join; start a new one with a higher generation.");
        }

        now = Enter(now);
        if (_seeds.Add(seeds, _self.Address))
        {
            AskSeeds(now);
        }
    }

    /// <summary>Leaves: tells every member until it acknowledges, since nobody else may say so. Keep driving the engine until <see cref="HasLeft"/>.</summary>
    /// <remarks>The node stops probing and accusing, and goes on answering. A second call changes nothing.</remarks>
    /// <param name="now">The present instant.</param>
    public void Leave(MeshInstant now)
    {
        now = Enter(now);
        if (IsLeaving)
        {
            return;
        }

        var others = _members.PresentCount - 1;
        _members.Change(_self, _self.Key with { Rank = MemberStatus.Left }, _self.Address, now);
        _leave.Begin(++_sequence, others, Math.Min(_settings.LeaveAcks, others));
        _probe.Abandon();
        _deadlines.Stop(SwimDeadline.ProbeRound);
        _deadlines.Stop(SwimDeadline.IndirectProbe);
        _deadlines.Stop(SwimDeadline.Suspicion);
        _deadlines.Stop(SwimDeadline.AntiEntropy);
        _deadlines.Stop(SwimDeadline.Healing);
        _deadlines.Stop(SwimDeadline.Join);
        _deadlines.Stop(SwimDeadline.StateRound);
        _deadlines.Set(SwimDeadline.LeaveEnd, now + _settings.LeaveTimeout);
        Enqueue(_self);
        AnnounceLeave(now);
    }

    private void AskSeeds(MeshInstant now)
    {
        var count = Math.Min(Seeds.PerAttempt, _seeds.Count);
        for (var asked = 0; asked < count; asked++)
        {
            AskSeed(_seeds.Next());
        }

        _deadlines.Set(SwimDeadline.Join, now + _seeds.NextDelay());
    }

    private void AskSeed(MemberAddress seed)
    {
        Send(Head(MessageKind.Join, ++_sequence), Peer.At(seed), urgent: false, _self);
        _counters.JoinsSent++;
    }

    private void AnnounceLeave(MeshInstant now)
    {
        if (HasLeft)
        {
            return;
        }

        _leave.Announced();
        var records = _members.Records;
        for (var index = 0; index < records.Count && _outbox.Room > 0; index++)
        {
            if (records[index].IsPresent && !_leave.Knows(records[index]))
            {
                Send(Head(MessageKind.Leave, _leave.Sequence, MessageFlags.RequestAck), Peer.Of(records[index]), urgent: false, _self);
            }
        }

        _deadlines.Set(SwimDeadline.LeaveRetry, now + _settings.LeaveRetry);
    }
}
