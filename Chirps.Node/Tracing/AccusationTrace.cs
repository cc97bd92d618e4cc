using System.Diagnostics;
using Chirps.Engine.Membership;
using Chirps.Engine.Time;

namespace Chirps.Node.Tracing;

/// <summary>An accusation that is over, as an activity: it lasts as long as the suspicion did, and its events name the accusers.</summary>
internal static class AccusationTrace
{
    /// <summary>Publishes an accusation, unless nobody listens.</summary>
    /// <param name="self">The node that saw it.</param>
    /// <param name="suspect">The member accused.</param>
    /// <param name="accusation">What was said, and how it ended.</param>
    /// <param name="now">The present instant.</param>
    /// <param name="at">The same on the wall clock.</param>
    public static void Publish(MemberId self, MemberId suspect, Accusation accusation, MeshInstant now, DateTimeOffset at)
    {
        if (accusation.EndedAt is not { } ended || !MeshTracing.Source.HasListeners())
        {
            return;
        }

        using var activity = MeshTracing.Source.StartActivity("chirps.accusation", ActivityKind.Internal, default(ActivityContext), startTime: Wall(accusation.At));
        if (activity is null)
        {
            return;
        }

        activity.SetTag("chirps.node", self.ToString())
            .SetTag("chirps.member", suspect.ToString())
            .SetTag("chirps.generation", accusation.Generation.Value)
            .SetTag("chirps.incarnation", accusation.Incarnation.Value)
            .SetTag("chirps.outcome", MetricName(accusation.Outcome));
        activity.AddEvent(Event("suspect", accusation.At, accusation.Accuser));
        foreach (var confirmation in accusation.Confirmations)
        {
            activity.AddEvent(Event(confirmation.IsWitness ? "witness" : "confirm", confirmation.At, confirmation.By));
        }

        activity.AddEvent(Event(MetricName(accusation.Outcome), ended, accusation.EndedBy));
        activity.SetEndTime(Wall(ended).UtcDateTime);

        DateTimeOffset Wall(MeshInstant instant) => at - (now - instant);

        ActivityEvent Event(string name, MeshInstant instant, MemberId? by)
            => new(name, Wall(instant), by is { } accuser ? new ActivityTagsCollection { ["chirps.accuser"] = accuser.ToString() } : null);
    }

    private static string MetricName(AccusationOutcome outcome) => Metrics.MetricTable.Label(outcome.ToString());
}
