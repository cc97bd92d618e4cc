using Chirps.Engine.Messaging;

namespace Chirps.Node.Links;

/// <summary>Translates a peer's refusal into the sender's reason.</summary>
internal static class Failure
{
    public static FailureReason Of(RefusalReason refusal) => refusal switch
    {
        RefusalReason.SubscriberFull => FailureReason.SubscriberFull,
        _ => FailureReason.NoSubscriber,
    };
}
