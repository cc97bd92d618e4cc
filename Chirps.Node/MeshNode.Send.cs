using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Chirps.Engine.Membership;
using Chirps.Engine.Messaging;
using Chirps.Node.Tracing;

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

        if (MeshTracing.Source.HasListeners())
        {
            return SendTraced(target, payload, profile, topic, options, cancellationToken);
        }

        return Route(target, payload, profile, topic, Activity.Current is null ? options : options with { Trace = MeshTracing.Current }, cancellationToken);
    }

    private ValueTask<SendResult> Route(MemberId target, ReadOnlyMemory<byte> payload, Profile profile, string topic, in SendSettings options, CancellationToken cancellationToken)
    {
        var backend = profile == Profile.Durable ? null : _router.For(profile);
        if (profile == Profile.Durable && _router.Storing is { } storing)
        {
            return Store(storing, target, payload, topic, options, cancellationToken);
        }

        if (backend is null)
        {
            return Refuse(profile, FailureReason.NoRoute);
        }

        var view = Membership;
        if (_leaving)
        {
            return Refuse(profile, FailureReason.Stopping);
        }

        if (target == view.Self.Id)
        {
            return Finished(profile, SendToSelf(payload.Span, profile, topic, options.Trace));
        }

        if (!view.TryGet(target, out var member))
        {
            return Refuse(profile, FailureReason.UnknownNode);
        }

        return member.Status is MemberStatus.Dead or MemberStatus.Left
            ? Refuse(profile, FailureReason.NodeDead)
            : backend.SendAsync(target, payload, profile, topic, options, cancellationToken);
    }

    /// <inheritdoc />
    public async ValueTask<BroadcastResult> BroadcastAsync(ReadOnlyMemory<byte> payload, Profile profile, string topic, SendSettings options = default, CancellationToken cancellationToken = default)
    {
        if (profile == Profile.Durable)
        {
            Topics.Check(topic);
            return new BroadcastResult([], await StoreTraced(payload, topic, options, cancellationToken).ConfigureAwait(false));
        }

        using var activity = MeshTracing.Source.StartActivity("chirps.broadcast");
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

    /// <summary>Sends within an activity of its own, which the message carries to its receiver.</summary>
    private async ValueTask<SendResult> SendTraced(MemberId target, ReadOnlyMemory<byte> payload, Profile profile, string topic, SendSettings options, CancellationToken cancellationToken)
    {
        using var activity = MeshTracing.StartSend(_claim.Self.ToString(), target.ToString(), profile, topic);
        return MeshTracing.Finish(activity, await Route(target, payload, profile, topic, options with { Trace = MeshTracing.Current }, cancellationToken).ConfigureAwait(false));
    }

    private async ValueTask<SendResult> StoreTraced(ReadOnlyMemory<byte> payload, string topic, SendSettings options, CancellationToken cancellationToken)
    {
        using var activity = MeshTracing.StartSend(_claim.Self.ToString(), target: null, Profile.Durable, topic);
        return MeshTracing.Finish(activity, await StoreAsync(payload, topic, options with { Trace = MeshTracing.Current }, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>A message that is stored may be for a member that is away, or for this node.</summary>
    private ValueTask<SendResult> Store(IStoringBackend storing, MemberId target, ReadOnlyMemory<byte> payload, string topic, in SendSettings options, CancellationToken cancellationToken)
    {
        var refusal = _leaving ? FailureReason.Stopping
            : payload.Length > _options.Limits.DurableBytes ? FailureReason.TooLarge
            : Membership.TryGet(target, out _) ? FailureReason.None : FailureReason.UnknownNode;
        return refusal == FailureReason.None
            ? Stored(storing.SendAsync(target, payload, topic, options, cancellationToken))
            : Refuse(Profile.Durable, refusal);
    }

    private ValueTask<SendResult> StoreAsync(ReadOnlyMemory<byte> payload, string topic, in SendSettings options, CancellationToken cancellationToken)
    {
        var storing = _router.Storing;
        var refusal = storing is null ? FailureReason.NoRoute
            : _leaving ? FailureReason.Stopping
            : payload.Length > _options.Limits.DurableBytes ? FailureReason.TooLarge : FailureReason.None;
        return refusal == FailureReason.None
            ? Stored(storing!.BroadcastAsync(payload, topic, options, cancellationToken))
            : Refuse(Profile.Durable, refusal);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<SendResult> Stored(ValueTask<SendResult> storing)
    {
        var result = await storing.ConfigureAwait(false);
        _metrics.SendFinished(Profile.Durable, result.Outcome, result.Reason);
        return result;
    }

    private ValueTask<SendResult> Refuse(Profile profile, FailureReason reason) => Finished(profile, SendResult.Rejected(reason));

    private ValueTask<SendResult> Finished(Profile profile, SendResult result)
    {
        _metrics.SendFinished(profile, result.Outcome, result.Reason);
        return ValueTask.FromResult(result);
    }

    private SendResult SendToSelf(ReadOnlySpan<byte> payload, Profile profile, string topic, in TraceContext trace)
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
        var refusal = _subscribers.Deliver(Membership.Self.Id, profile, id, encoded, payload, trace);
        return (profile, refusal) switch
        {
            (Profile.Control, null) => new SendResult(Outcome.Delivered, id),
            (Profile.Control, { } reason) => SendResult.Rejected(Links.Failure.Of(reason), id),
            (_, null) => new SendResult(Outcome.Sent, id),
            (_, { } reason) => SendResult.Dropped(Links.Failure.Of(reason), id),
        };
    }
}
