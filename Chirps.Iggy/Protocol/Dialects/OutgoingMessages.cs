using Chirps.Iggy.Protocol.Messages;

namespace Chirps.Iggy.Protocol.Dialects;

/// <summary>What both dialects do with messages to be sent.</summary>
internal static class OutgoingMessages
{
    /// <summary>Refuses what no server takes.</summary>
    /// <exception cref="ArgumentException">No message; a payload or user headers above their limit.</exception>
    public static void Check(ReadOnlySpan<IggyMessage> messages)
    {
        if (messages.IsEmpty)
        {
            throw new ArgumentException("A send has at least one message.");
        }

        foreach (ref readonly var message in messages)
        {
            if (message.Payload.Length > IggyLimits.PayloadBytesMax || message.UserHeaders.Length > IggyLimits.UserHeadersBytesMax)
            {
                throw new ArgumentException($"A message has at most {IggyLimits.PayloadBytesMax} bytes of payload and {IggyLimits.UserHeadersBytesMax} bytes of user headers.");
            }
        }
    }

    /// <summary>A view of a message to be sent.</summary>
    /// <param name="message">The message.</param>
    /// <param name="nowMicroseconds">The producer's time of a message that carries none.</param>
    public static MessageView View(in IggyMessage message, ulong nowMicroseconds) => new()
    {
        Id = message.Id,
        OriginMicroseconds = Origin(message, nowMicroseconds),
        Payload = message.Payload.Span,
        UserHeaders = message.UserHeaders.Span,
    };

    /// <summary>The producer's time of a message.</summary>
    public static ulong Origin(in IggyMessage message, ulong nowMicroseconds) => message.OriginMicroseconds == 0 ? nowMicroseconds : message.OriginMicroseconds;
}
