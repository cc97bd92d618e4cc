using System.Diagnostics;
using Orleans.Diagnostics;

namespace Orleans.Runtime.StandIn;

/// <summary>
/// The activities of a call, one at the caller and its child at the grain. The context travels in the request context, as the header <c>traceparent</c>
/// of W3C Trace Context. Without a listener there is none, and nothing travels.
/// </summary>
internal static class ActivityPropagation
{
    private const string TraceParent = "traceparent";
    private const string TraceState = "tracestate";

    private static readonly ActivitySource _application = new(ActivitySources.ApplicationGrainActivitySourceName);
    private static readonly ActivitySource _runtime = new(ActivitySources.RuntimeActivitySourceName);

    /// <summary>Begins the activity of the caller; what is current there stays.</summary>
    public static Activity? StartOutgoing(GrainMethod method, ref Dictionary<string, object>? context)
    {
        var current = Activity.Current;
        var activity = Source(method).StartActivity(method.ActivityName, ActivityKind.Client);
        Activity.Current = current;
        if (activity?.Id is { } id)
        {
            context = context is null ? [] : new(context);
            context[TraceParent] = id;
            if (activity.TraceStateString is { } state)
            {
                context[TraceState] = state;
            }
        }

        return activity;
    }

    /// <summary>Begins the activity of the grain, which is current while the grain runs.</summary>
    public static Activity? StartIncoming(GrainMethod method, Dictionary<string, object>? context)
    {
        var parent = context?.GetValueOrDefault(TraceParent) as string;
        return ActivityContext.TryParse(parent, context?.GetValueOrDefault(TraceState) as string, isRemote: true, out var remote)
            ? Source(method).StartActivity(method.ActivityName, ActivityKind.Server, remote)
            : Source(method).StartActivity(method.ActivityName, ActivityKind.Server);
    }

    /// <summary>Ends an activity, on a thread where another one may be current and stays so.</summary>
    public static void Stop(Activity? activity, Exception? exception)
    {
        if (activity is not null)
        {
            var current = Activity.Current;
            _ = exception is null ? null : activity.SetStatus(ActivityStatusCode.Error, exception.Message);
            activity.Stop();
            Activity.Current = ReferenceEquals(current, activity) ? null : current;
        }
    }

    private static ActivitySource Source(GrainMethod method) => method.IsOfRuntime ? _runtime : _application;
}
