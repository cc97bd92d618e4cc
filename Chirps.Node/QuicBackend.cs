using Chirps.Engine.Membership;
using Chirps.Engine.Messaging;
using Chirps.Node.Links;
using Chirps.Quic;

namespace Chirps.Node;

/// <summary>Control on an acknowledged stream, Ephemeral as datagrams, over the node's QUIC connections.</summary>
internal sealed class QuicBackend(PeerConnections connections, LimitOptions limits, MeshMetrics metrics) : IMessageBackend
{
    /// <summary>Its name in the routes.</summary>
    public const string BackendName = "quic";

    public string Name => BackendName;

    public ValueTask<SendResult> SendAsync(MemberId target, ReadOnlyMemory<byte> payload, Profile profile, string topic, in SendSettings settings, CancellationToken cancellationToken)
    {
        switch (profile)
        {
            case Profile.Control when payload.Length > limits.ControlBytes:
            case Profile.Ephemeral when payload.Length > limits.EphemeralBytes:
                return ValueTask.FromResult(Finished(profile, SendResult.Rejected(FailureReason.TooLarge)));
            case Profile.Control:
                metrics.MessageSent(profile, payload.Length);
                return connections.Link(target).Send(payload, topic, settings, cancellationToken);
            case Profile.Ephemeral:
                return ValueTask.FromResult(Finished(profile, SendBestEffort(target, payload.Span, topic, settings.Trace)));
            default:
                return ValueTask.FromResult(Finished(profile, SendResult.Rejected(FailureReason.NoRoute)));
        }
    }

    private SendResult Finished(Profile profile, SendResult result)
    {
        metrics.SendFinished(profile, result.Outcome, result.Reason);
        return result;
    }

    private SendResult SendBestEffort(MemberId target, ReadOnlySpan<byte> payload, string topic, in TraceContext trace)
    {
        var encoded = Topics.Encode(topic, stackalloc byte[FrameCodec.TopicBytesMax]);
        var link = connections.Link(target);
        var id = link.NextId();
        Span<byte> header = stackalloc byte[FrameCodec.HeaderBytesMax];
        var connection = link.Connection;
        var session = connection?.State as PeerSession;
        var fitting = session?.Fit(trace) ?? default;
        var datagram = FrameCodec.WriteDatagramHeader(header, id, encoded, fitting);
        if (connection is not { IsOpen: true })
        {
            if (!connections.TrySendWhenConnected(link, datagram, payload))
            {
                metrics.MessageDropped(DropReason.NotConnected);
                return SendResult.Dropped(FailureReason.NotConnected, id);
            }
        }
        else if (datagram.Length + payload.Length <= connection.MaxDatagramSize)
        {
            if (!connection.TrySendDatagram(datagram, payload, DatagramClass.Data))
            {
                metrics.MessageDropped(DropReason.NotConnected);
                return SendResult.Dropped(FailureReason.NotConnected, id);
            }
        }
        else if (session is not null && !session.SendSingle(FrameCodec.WriteEphemeralHeader(header, id, encoded, payload.Length, fitting), payload))
        {
            metrics.MessageDropped(DropReason.QueueFull); // the oldest, not this one
        }

        metrics.MessageSent(Profile.Ephemeral, payload.Length);
        return new SendResult(Outcome.Sent, id);
    }
}
