namespace Chirps.Silo.Commands.Mesh;

/// <summary>What outcomes and reasons mean, and which of them are good.</summary>
internal static class Outcomes
{
    /// <summary>Whether the outcome is what was asked for. <c>Queued</c> is: the message is on disk and will be stored.</summary>
    public static bool IsGood(SendOutcome outcome) => outcome is SendOutcome.Delivered or SendOutcome.Sent or SendOutcome.Persisted or SendOutcome.Queued;

    /// <summary>Whether all of the outcomes, <c>Rejected:TooLarge</c> for example, are good.</summary>
    public static bool AreGood(IEnumerable<string> outcomes)
        => outcomes.All(outcome => Enum.TryParse<SendOutcome>(outcome.Split(':')[0], out var parsed) && IsGood(parsed));

    /// <summary>The colour of an outcome; its name stands there as well.</summary>
    public static string Colour(SendOutcome outcome) => IsGood(outcome) ? "green" : outcome == SendOutcome.Unknown ? "yellow" : "red";

    /// <summary>What is certain now, in a clause.</summary>
    public static string Meaning(SendReceipt receipt) => (receipt.Outcome, receipt.Reason) switch
    {
        (SendOutcome.Delivered, _) => "a subscriber's queue at the member has it",
        (SendOutcome.Sent, _) => "handed to the transport; nothing is known about its arrival",
        (SendOutcome.Persisted, _) => "the server has stored it",
        (SendOutcome.Queued, _) => "the server cannot be reached; it is on the node's disk and is stored later",
        (_, SendFailure.UnknownNode) => "no member has this name; see: chirps members",
        (_, SendFailure.NodeDead) => "the member is dead or has left; see: chirps members",
        (_, SendFailure.NotConnected) => "there is no connection to the member, and none could be made in time",
        (_, SendFailure.TooLarge) => "it is longer than the limit of its profile (Chirps:Limits)",
        (_, SendFailure.QueueFull) => "the queue to the member is full",
        (_, SendFailure.NoSubscriber) => "nobody subscribes to the topic at the member",
        (_, SendFailure.SubscriberFull) => "the queues of all subscribers at the member are full",
        (_, SendFailure.NoRoute) => "no backend is configured for the profile (Chirps:Routes)",
        (_, SendFailure.Stopping) => "the node has left or is stopping",
        (_, SendFailure.DeadlinePassed) => "sent, and not acknowledged in time; it may have arrived",
        (_, SendFailure.PeerRestarted) => "the member restarted meanwhile; it may have arrived before",
        (_, SendFailure.OutboxFull) => "the server cannot be reached, and the node's outbox is full",
        (_, SendFailure.Refused) => "the server did not take it; the node's log says why",
        _ => "it may or may not have arrived",
    };
}
