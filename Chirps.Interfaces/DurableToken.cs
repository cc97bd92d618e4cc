using Orleans.Streams;

namespace Chirps;

/// <summary>A place in a durable channel, for subscriptions to <see cref="ChirpsStreams.Durable"/>. Without a token a subscription begins with what is stored from now on.</summary>
/// <remarks>Tokens of delivered messages can be kept and given to a later subscription: it begins with that message.</remarks>
[GenerateSerializer, Immutable, Alias("Chirps.DurableToken")]
public sealed class DurableToken : StreamSequenceToken
{
    /// <summary>For the serializer.</summary>
    public DurableToken()
    {
    }

    /// <summary>What the token names.</summary>
    [Id(0)]
    public DurableTokenKind Kind { get; private set; }

    /// <summary>How many messages of the channel lie before this one; in a channel with one partition, the offset.</summary>
    [Id(1)]
    public override long SequenceNumber { get; protected set; }

    /// <summary>The partition.</summary>
    [Id(2)]
    public override int EventIndex { get; protected set; }

    /// <summary>The offset in the partition.</summary>
    [Id(3)]
    public ulong Offset { get; private set; }

    /// <summary>The instant of <see cref="DurableTokenKind.Instant"/>.</summary>
    [Id(4)]
    public DateTimeOffset From { get; private set; }

    /// <summary>The name under which the reader's progress is kept at the server; <see langword="null"/> when it is not kept.</summary>
    [Id(5)]
    public string? Reader { get; private set; }

    /// <summary>The offset that comes next in each partition, behind this message; of <see cref="DurableTokenKind.Resume"/>, where it begins when nothing is stored. May be empty.</summary>
    [Id(6)]
    public ulong[] Positions { get; private set; } = [];

    /// <summary>Begins with the oldest message retained.</summary>
    public static DurableToken Beginning { get; } = new() { SequenceNumber = -1 };

    /// <summary>Begins with the first message stored at an instant or after it, by the server's clock.</summary>
    public static DurableToken At(DateTimeOffset instant) => new() { Kind = DurableTokenKind.Instant, SequenceNumber = -1, From = instant };

    /// <summary>Begins with one message, and in the other partitions with what was stored at the same instant or after it.</summary>
    /// <param name="offset">The offset.</param>
    /// <param name="partition">The partition, counted from 0.</param>
    public static DurableToken At(ulong offset, int partition = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        return new() { Kind = DurableTokenKind.Offset, SequenceNumber = -1, Offset = offset, EventIndex = partition };
    }

    /// <summary>
    /// Begins behind what a reader of this name has finished, on whatever node it was; with the oldest message when it has finished none.
    /// Its progress is kept at the server, under this name and for this channel.
    /// </summary>
    /// <param name="reader">
    /// 1 to 255 bytes of UTF-8, the same after a restart and no other subscriber's of the channel: for a grain, its id. Of several subscriptions
    /// under one name, the progress of the slowest counts.
    /// </param>
    public static DurableToken Resume(string reader) => Resume(reader, []);

    /// <inheritdoc/>
    public override bool Equals(StreamSequenceToken? other) => other is DurableToken token
        && (Kind, SequenceNumber, EventIndex, Offset, From, Reader) == (token.Kind, token.SequenceNumber, token.EventIndex, token.Offset, token.From, token.Reader)
        && Positions.AsSpan().SequenceEqual(token.Positions);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as StreamSequenceToken);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, SequenceNumber, EventIndex, Offset);

    /// <summary>Orders tokens as one reader meets them; where a reader begins comes before all it delivers.</summary>
    public override int CompareTo(StreamSequenceToken? other) => other switch
    {
        null => 1,
        DurableToken { SequenceNumber: < 0 } when SequenceNumber < 0 => 0,
        DurableToken token => (SequenceNumber, EventIndex).CompareTo((token.SequenceNumber, token.EventIndex)),
        _ => throw new ArgumentOutOfRangeException(nameof(other), $"A {other.GetType()} cannot be compared with a {nameof(DurableToken)}."),
    };

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        DurableTokenKind.Beginning => "beginning",
        DurableTokenKind.Instant => $"{From:O}",
        DurableTokenKind.Resume => $"resume {Reader}",
        DurableTokenKind.Behind => $"behind {string.Join(',', Positions)}",
        _ => $"{EventIndex}:{Offset}",
    };

    internal static DurableToken Resume(string reader, ulong[] otherwise)
    {
        ArgumentException.ThrowIfNullOrEmpty(reader);
        return new() { Kind = DurableTokenKind.Resume, SequenceNumber = -1, Reader = reader, Positions = otherwise };
    }

    internal static DurableToken Behind(ulong[] positions, string? reader)
        => new() { Kind = DurableTokenKind.Behind, SequenceNumber = Before(positions), Positions = positions, Reader = reader };

    internal static DurableToken Delivered(int partition, ulong offset, ulong[] positions, string? reader)
        => new() { Kind = DurableTokenKind.Delivered, SequenceNumber = Before(positions), EventIndex = partition, Offset = offset, Positions = positions, Reader = reader };

    /// <summary>The same place, but behind the message.</summary>
    internal DurableToken Behind()
        => new() { Kind = DurableTokenKind.Behind, SequenceNumber = SequenceNumber, EventIndex = EventIndex, Offset = Offset, Positions = Positions, Reader = Reader };

    /// <summary>How many messages lie before the one that ends at these positions.</summary>
    private static long Before(ulong[] positions)
    {
        var before = -1L;
        foreach (var position in positions)
        {
            before += (long)position;
        }

        return before;
    }
}
