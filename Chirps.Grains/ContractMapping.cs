using Chirps.Engine.Membership;
using Chirps.Engine.State;
using Chirps.Iggy.Durable;
using Chirps.Node;

namespace Chirps.Grains;

/// <summary>
/// The one place where the node's types become contract types, and back. Lists are arrays: Orleans has no codec for the
/// types that the compiler makes of collection expressions.
/// </summary>
internal static class ContractMapping
{
    public static MemberId ToMemberId(this NodeId id)
        => id.Value is { } name ? MemberId.Parse(name) : throw new ArgumentException("default(NodeId) names nobody.", nameof(id));

    public static NodeId ToNodeId(this MemberId id) => new(id.ToString());

    public static Profile ToProfile(this MessageProfile profile) => profile switch
    {
        MessageProfile.Control => Profile.Control,
        MessageProfile.Ephemeral => Profile.Ephemeral,
        MessageProfile.Durable => Profile.Durable,
        _ => throw new ArgumentOutOfRangeException(nameof(profile), profile, "No such profile."),
    };

    public static MessageProfile ToContract(this Profile profile) => profile switch
    {
        Profile.Control => MessageProfile.Control,
        Profile.Ephemeral => MessageProfile.Ephemeral,
        _ => MessageProfile.Durable,
    };

    public static SendSettings ToSettings(this SendOptions? options)
        => options is null ? default : new SendSettings(options.Deadline, options.NoWait, options.Lane, options.MessageId, options.OrderingKey);

    public static SendReceipt ToReceipt(this SendResult result) => new(
        result.Outcome switch
        {
            Outcome.Delivered => SendOutcome.Delivered,
            Outcome.Sent => SendOutcome.Sent,
            Outcome.Persisted => SendOutcome.Persisted,
            Outcome.Rejected => SendOutcome.Rejected,
            Outcome.Dropped => SendOutcome.Dropped,
            Outcome.Queued => SendOutcome.Queued,
            _ => SendOutcome.Unknown,
        },
        result.MessageId,
        result.Reason switch
        {
            FailureReason.None => SendFailure.None,
            FailureReason.UnknownNode => SendFailure.UnknownNode,
            FailureReason.NodeDead => SendFailure.NodeDead,
            FailureReason.TooLarge => SendFailure.TooLarge,
            FailureReason.QueueFull => SendFailure.QueueFull,
            FailureReason.NoSubscriber => SendFailure.NoSubscriber,
            FailureReason.SubscriberFull => SendFailure.SubscriberFull,
            FailureReason.NoRoute => SendFailure.NoRoute,
            FailureReason.Stopping => SendFailure.Stopping,
            FailureReason.DeadlinePassed => SendFailure.DeadlinePassed,
            FailureReason.PeerRestarted => SendFailure.PeerRestarted,
            FailureReason.OutboxFull => SendFailure.OutboxFull,
            FailureReason.Refused => SendFailure.Refused,
            _ => SendFailure.NotConnected,
        },
        result.Offset,
        result.Partition);

    public static MemberState ToState(this MemberStatus status) => status switch
    {
        MemberStatus.Alive => MemberState.Alive,
        MemberStatus.Suspect => MemberState.Suspect,
        MemberStatus.Dead => MemberState.Dead,
        _ => MemberState.Left,
    };

    public static MemberInfo ToInfo(this Member member, DateTimeOffset since) => new(
        member.Id.ToNodeId(),
        member.Status.ToState(),
        member.Generation.Value,
        member.Incarnation.Value,
        member.Address.ToString(),
        since);

    public static IReadOnlyList<MemberInfo> ToInfos(this MembershipView view)
        => view.Members.Select(member => member.ToInfo(view.Since(member))).ToArray();

    public static MembershipEvent ToEvent(this MembershipRecord record)
    {
        var change = record.Change;
        var member = change.Member.ToInfo(record.At);
        return change.Kind switch
        {
            MembershipChangeKind.Joined => new MemberJoined(change.Version, member, record.At),
            MembershipChangeKind.Left => new MemberLeft(change.Version, member, record.At),
            MembershipChangeKind.Updated => new MemberUpdated(change.Version, member, record.At),
            _ => new MemberStatusChanged(
                change.Version,
                member,
                record.At,
                change.OldStatus?.ToState() ?? MemberState.Alive,
                change.NewStatus.ToState(),
                change.Accuser.ToNodeId()),
        };
    }

    public static MemberEvidence ToEvidence(this EvidenceReport report)
        => new(report.Phi, report.RoundTrip, report.Accusations.Select(one => one.ToContract(report)).ToArray());

    private static MemberAccusation ToContract(this Accusation one, EvidenceReport report) => new(
        one.Generation.Value,
        one.Incarnation.Value,
        one.Accuser.ToNodeId(),
        report.TimeOf(one.At),
        one.Helpers.Select(helper => new AccusationHelper(helper.Helper.ToNodeId(), helper.Nacked)).ToArray(),
        one.Confirmations.Select(confirmation => new AccusationConfirmation(confirmation.By.ToNodeId(), report.TimeOf(confirmation.At), confirmation.IsWitness)).ToArray(),
        one.Outcome switch
        {
            AccusationOutcome.Open => AccusationResult.Open,
            AccusationOutcome.Refuted => AccusationResult.Refuted,
            AccusationOutcome.Dead => AccusationResult.Dead,
            _ => AccusationResult.Left,
        },
        one.EndedAt is { } end ? report.TimeOf(end) : null,
        one.EndedBy.ToNodeId());

    private static NodeId? ToNodeId(this MemberId? id) => id is { IsDefault: false } known ? known.ToNodeId() : null;

    public static MeshStatus ToStatus(this NodeReport report, MembershipView view) => new(
        view.Self.ToInfo(view.Since(view.Self)),
        report.Joined,
        view.Version,
        view.Count(MemberStatus.Alive),
        view.Count(MemberStatus.Suspect),
        view.Count(MemberStatus.Dead),
        view.Count(MemberStatus.Left),
        report.LocalHealth,
        report.Connections,
        report.PendingControl,
        report.Subscriptions.Select(one => new SubscriptionStatus(one.Topic, one.Queued, one.Capacity, one.Received, one.Dropped)).ToArray(),
        report.Transport);

    public static LinkStatistics ToStatistics(this LinkReport link) => new(
        link.Connected,
        link.Outgoing,
        link.Transport.SmoothedRtt,
        link.Transport.MinRtt,
        link.Transport.PacketsSent,
        link.Transport.PacketsReceived,
        link.Transport.BytesSent,
        link.Transport.BytesReceived,
        link.Transport.DatagramsLost,
        link.Transport.DatagramsDropped,
        link.Handshake.ToString(),
        link.ValidUntil,
        link.Lanes.Select(one => new LaneStatistics(one.Lane, one.Unsettled, one.Waiting, one.Bytes, one.Delivered, one.Retransmitted)).ToArray());

    public static StateOutcome ToOutcome(this StateWriteResult result) => result switch
    {
        StateWriteResult.Written => StateOutcome.Written,
        StateWriteResult.OverQuota => StateOutcome.OverQuota,
        _ => StateOutcome.Unchanged,
    };

    public static StateItem[] ToItems(this NodeStateView view)
        => view.Entries.Select(entry => new StateItem(entry.Key, entry.Value, entry.Version)).ToArray();

    /// <summary>The event; only for changes of keys and resets.</summary>
    public static StateEvent ToEvent(this StateRecord record)
    {
        var change = record.Change;
        var kind = change.Kind switch
        {
            StateChangeKind.Set => StateEventKind.Set,
            StateChangeKind.Deleted => StateEventKind.Deleted,
            _ => StateEventKind.Reset,
        };
        return new StateEvent(change.Number, kind, change.Owner.ToNodeId(), change.Key, change.Value, change.Version, record.At, record.MissedBefore);
    }

    /// <summary>The message with bytes of its own: the node's buffer is used again, Orleans keeps the event in a cache.</summary>
    public static MeshMessage ToContract(this InboundMessage message) => new(
        message.From.ToNodeId(),
        message.Topic,
        message.Profile.ToContract(),
        message.MessageId,
        message.Payload.ToArray());

    public static OutboxEvent ToEvent(this OutboxChange change) => new(
        change.Kind switch
        {
            OutboxChangeKind.Delivered => OutboxEventKind.Delivered,
            OutboxChangeKind.Refused => OutboxEventKind.Refused,
            _ => OutboxEventKind.Emptied,
        },
        change.Channel,
        change.MessageIds,
        change.Partition,
        change.Offsets,
        change.Waiting,
        change.At,
        change.Missed);
}
