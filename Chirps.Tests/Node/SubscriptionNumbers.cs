using Chirps.Node;

namespace Chirps.Tests.Node;

/// <summary>Messages whose payload is a number.</summary>
internal static class SubscriptionNumbers
{
    /// <summary>Takes the numbers that wait in a subscription.</summary>
    public static List<int> Drain(this MeshSubscription subscription)
    {
        var numbers = new List<int>();
        while (subscription.Messages.TryRead(out var message))
        {
            numbers.Add(BitConverter.ToInt32(message.Payload.Span));
            message.Dispose();
        }

        return numbers;
    }
}
