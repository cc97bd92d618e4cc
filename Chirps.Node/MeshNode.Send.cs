using System.Buffers.Binary;
using Chirps.Engine.Membership;
using Chirps.Engine.Messaging;

namespace Chirps.Node;

/// <content>Sending: what is certain before a backend is asked, and messages to the node itself.</content>
public sealed partial class MeshNode
{
    /// <inheritdoc />
    public ValueTask<SendResult> SendAsync(MemberId target, ReadOnlyMemory<byte> payload, Profile profile, string topic, SendSettings options = default, CancellationToken cancellationToken = default)
    {
        if (target.IsDefault)
        {
            throw new ArgumentException("A message needs a target.", nameof(target));
        }

        Topics.Check(topic);
        if (options.Lane is { } lane && (lane < 0 || lane >= Links.MessageLanes.FirstData + _options.Backends.Quic.DataLanes))
        {
            throw new ArgumentOutOfRangeException(nameof(options), lane, $"The lanes are 0 (urgent), 1 (bulk) and {Links.MessageLanes.FirstData} to {Links.MessageLanes.FirstData + _options.Backends.Quic.DataLanes - 1} (data).");
        }

        var backend = profile == Profile.Durable ? null : _router.For(profile);
        if (profile == Profile.Durable && _router.Storing is { } storing)
        {
            return Store(storing, target, payload, topic, options, cancellationToken);
        }

        if (backend is null)
        {
            return ValueTask.FromResult(SendResult.Rejected(FailureReason.NoRoute));
        }

        var view = Membership;
        if (_leaving)
        {
            return ValueTask.FromResult(SendResult.Rejected(FailureReason.Stopping));
        }

        if (target == view.Self.Id)
        {
            return ValueTask.FromResult(SendToSelf(payload.Span, profile, topic));
        }

        if (!view.TryGet(target, out var member))
        {
            return ValueTask.FromResult(SendResult.Rejected(FailureReason.UnknownNode));
        }

        return member.Status is MemberStatus.Dead or MemberStatus.Left
            ? ValueTask.FromResult(SendResult.Rejected(FailureReason.NodeDead))
            : backend.SendAsync(target, payload, profile, topic, options, cancellationToken);
    }

    /// <inheritdoc />
    public async ValueTask<BroadcastResult> BroadcastAsync(ReadOnlyMemory<byte> payload, Profile profile, string topic, SendSettings options = default, CancellationToken cancellationToken = default)
    {
        if (profile == Profile.Durable)
        {
            Topics.Check(topic);
            return new BroadcastResult([], await StoreAsync(payload, topic, options, cancellationToken).ConfigureAwait(false));
        }

        var view = Membership;
        var sends = new List<(MemberId Member, Task<SendResult> Task)>(view.Members.Count);
        foreach (var member in view.Members)
        {
            if (member.Id != view.Self.Id && member.Status is MemberStatus.Alive or MemberStatus.Suspect)
            {
                sends.Add((member.Id, SendAsync(member.Id, payload, profile, topic, options, cancellationToken).AsTask()));
            }
        }

        var results = new List<(MemberId, SendResult)>(sends.Count);
        foreach (var (member, task) in sends)
        {
            results.Add((member, await task.ConfigureAwait(false)));
        }

        return new BroadcastResult(results);
    }

    /// <summary>A message that is stored may be for a member that is away, or for this node.</summary>
    private ValueTask<SendResult> Store(IStoringBackend storing, MemberId target, ReadOnlyMemory<byte> payload, string topic, in SendSettings options, CancellationToken cancellationToken)
    {
        var refusal = _leaving ? FailureReason.Stopping
            : payload.Length > _options.Limits.DurableBytes ? FailureReason.TooLarge
            : Membership.TryGet(target, out _) ? FailureReason.None : FailureReason.UnknownNode;
        return refusal == FailureReason.None
            ? storing.SendAsync(target, payload, topic, options, cancellationToken)
            : ValueTask.FromResult(SendResult.Rejected(refusal));
    }

    private ValueTask<SendResult> StoreAsync(ReadOnlyMemory<byte> payload, string topic, in SendSettings options, CancellationToken cancellationToken)
    {
        var storing = _router.Storing;
        var refusal = storing is null ? FailureReason.NoRoute
            : _leaving ? FailureReason.Stopping
            : payload.Length > _options.Limits.DurableBytes ? FailureReason.TooLarge : FailureReason.None;
        return refusal == FailureReason.None
            ? storing!.BroadcastAsync(payload, topic, options, cancellationToken)
            : ValueTask.FromResult(SendResult.Rejected(refusal));
    }

    private SendResult SendToSelf(ReadOnlySpan<byte> payload, Profile profile, string topic)
    {
        Span<byte> bytes = stackalloc byte[16];
        _localIds.CopyTo(bytes);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], Interlocked.Increment(ref _localMessages));
        var id = new Guid(bytes, bigEndian: true);
        var limit = profile == Profile.Control ? _options.Limits.ControlBytes : _options.Limits.EphemeralBytes;
        if (payload.Length > limit)
        {
            return SendResult.Rejected(FailureReason.TooLarge);
        }

        var encoded = Topics.Encode(topic, stackalloc byte[FrameCodec.TopicBytesMax]);
        _metrics.MessageSent(profile, payload.Length);
        var refusal = _subscribers.Deliver(Membership.Self.Id, profile, id, encoded, payload);
        return (profile, refusal) switch
        {
            (Profile.Control, null) => new SendResult(Outcome.Delivered, id),
            (Profile.Control, { } reason) => SendResult.Rejected(Links.Failure.Of(reason), id),
            (_, null) => new SendResult(Outcome.Sent, id),
            (_, { } reason) => SendResult.Dropped(Links.Failure.Of(reason), id),
        };
    }
}
