using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Chirps.Iggy.Protocol.Messages;

namespace Chirps.Iggy.Channels;

/// <summary>What the user headers of a dead letter say besides those of the message itself. Documented in <c>docs/durable.md</c>.</summary>
/// <param name="Reason">Why it could not be delivered.</param>
/// <param name="Channel">The channel it comes from.</param>
/// <param name="Partition">Where it lies there.</param>
/// <param name="Offset">Its offset there.</param>
/// <param name="Subscription">Which subscription did not take it.</param>
public sealed record DeadLetterHeaders(string Reason, string Channel, int Partition, ulong Offset, string Subscription)
{
    /// <summary>Header of the reason, text.</summary>
    public const string ReasonKey = "chirps.dead.reason";

    /// <summary>Header of the channel, text.</summary>
    public const string ChannelKey = "chirps.dead.channel";

    /// <summary>Header of the partition, signed 32 bits.</summary>
    public const string PartitionKey = "chirps.dead.partition";

    /// <summary>Header of the offset, unsigned 64 bits.</summary>
    public const string OffsetKey = "chirps.dead.offset";

    /// <summary>Header of the subscription, text.</summary>
    public const string SubscriptionKey = "chirps.dead.subscription";

    /// <summary>Makes the dead letter of a message: the same bytes and headers, and these.</summary>
    public IggyMessage ToIggy(MessageView message)
    {
        var added = new UserHeadersBuilder()
            .Add(ReasonKey, Reason)
            .Add(ChannelKey, Channel)
            .Add(PartitionKey, Partition)
            .Add(OffsetKey, Offset)
            .Add(SubscriptionKey, Subscription)
            .ToArray();
        return new IggyMessage(message.Payload.ToArray())
        {
            Id = IdOf(message.Id),
            UserHeaders = (byte[])[.. message.UserHeaders, .. added],
            OriginMicroseconds = message.OriginMicroseconds,
        };
    }

    /// <summary>Reads what <see cref="ToIggy"/> wrote.</summary>
    public static bool TryRead(ReadOnlySpan<byte> userHeaders, [NotNullWhen(true)] out DeadLetterHeaders? headers)
    {
        headers = null;
        if (!UserHeaders.AreValid(userHeaders)
            || !UserHeaders.TryFind(userHeaders, "chirps.dead.reason"u8, out var reason)
            || !UserHeaders.TryFind(userHeaders, "chirps.dead.channel"u8, out var channel)
            || !UserHeaders.TryFind(userHeaders, "chirps.dead.partition"u8, out var partition)
            || !UserHeaders.TryFind(userHeaders, "chirps.dead.offset"u8, out var offset)
            || !UserHeaders.TryFind(userHeaders, "chirps.dead.subscription"u8, out var subscription))
        {
            return false;
        }

        headers = new DeadLetterHeaders(reason.Text, channel.Text, partition.Signed32, offset.Unsigned64, subscription.Text);
        return true;
    }

    /// <summary>
    /// The id of the dead letter: the same each time one subscription gives up one message, so that a server that knows ids stores it once,
    /// and another one for each subscription.
    /// </summary>
    private UInt128 IdOf(UInt128 message)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{message:x}/{Channel}/{Partition}/{Offset}/{Subscription}"));
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
