using System.Diagnostics;
using Chirps.Engine.Messaging;

namespace Chirps.Node.Tracing;

/// <summary>The activities of messages. While nobody listens and no activity runs, none of this allocates or writes anything.</summary>
internal static class MeshTracing
{
    /// <summary>Where the activities come from, for all nodes of the process; each says its node in <c>chirps.node</c>.</summary>
    public static readonly ActivitySource Source = new(ChirpsTelemetry.SourceName);

    /// <summary>The trace of what runs now, to be carried on by a message; none without a running activity.</summary>
    public static TraceContext Current => Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? ToWire(activity.Context) : default;

    /// <summary>The context as the envelope carries it.</summary>
    public static TraceContext ToWire(ActivityContext context)
    {
        Span<byte> bytes = stackalloc byte[TraceContext.Bytes];
        context.TraceId.CopyTo(bytes[..16]);
        context.SpanId.CopyTo(bytes.Slice(16, 8));
        bytes[24] = (byte)context.TraceFlags;
        return TraceContext.Read(bytes);
    }

    /// <summary>The context that an envelope carried.</summary>
    public static ActivityContext FromWire(in TraceContext trace)
    {
        if (!trace.IsPresent)
        {
            return default;
        }

        Span<byte> bytes = stackalloc byte[TraceContext.Bytes];
        trace.Write(bytes);
        return new ActivityContext(
            ActivityTraceId.CreateFromBytes(bytes[..16]), ActivitySpanId.CreateFromBytes(bytes.Slice(16, 8)), (ActivityTraceFlags)trace.Flags, isRemote: true);
    }

    /// <summary>The context as text, the header <c>traceparent</c> of W3C Trace Context.</summary>
    public static string ToText(in TraceContext trace) => $"00-{trace.TraceHigh:x16}{trace.TraceLow:x16}-{trace.Span:x16}-{trace.Flags:x2}";

    /// <summary>Reads what <see cref="ToText"/> wrote; what makes no sense is none.</summary>
    public static TraceContext FromText(string text) => ActivityContext.TryParse(text, null, out var context) ? ToWire(context) : default;

    /// <summary>Begins the activity of a send.</summary>
    public static Activity? StartSend(string node, string? target, Profile profile, string topic)
    {
        var activity = Source.StartActivity("chirps.send", ActivityKind.Producer);
        return Describe(activity, node, profile, topic)?.SetTag("chirps.target", target);
    }

    /// <summary>Says in the activity of a send how it ended.</summary>
    public static SendResult Finish(Activity? activity, in SendResult result)
    {
        activity?.SetTag("chirps.outcome", result.Outcome.ToString());
        if (result.MessageId != Guid.Empty)
        {
            activity?.SetTag("messaging.message.id", result.MessageId.ToString());
        }

        if (result.Reason != FailureReason.None)
        {
            activity?.SetTag("error.type", result.Reason.ToString()).SetStatus(ActivityStatusCode.Error, result.Reason.ToString());
        }

        return result;
    }

    /// <summary>Begins the activity of a received message; it runs until the last subscriber has given the message back.</summary>
    public static Activity? StartReceive(string node, InboundMessage message, in TraceContext trace)
    {
        // On a thread of the transport: nothing of the message may stay current there.
        var current = Activity.Current;
        Activity.Current = null;
        try
        {
            var activity = Source.StartActivity("chirps.receive", ActivityKind.Consumer, FromWire(trace));
            return Describe(activity, node, message.Profile, message.Topic)
                ?.SetTag("chirps.source", message.From.ToString())
                .SetTag("messaging.message.id", message.MessageId.ToString());
        }
        finally
        {
            Activity.Current = current;
        }
    }

    /// <summary>Ends an activity on a thread that may have another one running, which stays.</summary>
    public static void Stop(Activity activity)
    {
        var current = Activity.Current;
        activity.Stop();
        Activity.Current = current;
    }

    private static Activity? Describe(Activity? activity, string node, Profile profile, string topic) => activity?
        .SetTag("messaging.system", "chirps")
        .SetTag("messaging.destination.name", topic)
        .SetTag("chirps.profile", profile.ToString())
        .SetTag("chirps.node", node);
}
