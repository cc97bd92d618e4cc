using Orleans.Streams;

namespace Orleans.Streams
{
    /// <summary>A position in a stream.</summary>
    [GenerateSerializer]
    public abstract class StreamSequenceToken : IEquatable<StreamSequenceToken>, IComparable<StreamSequenceToken>
    {
        public abstract long SequenceNumber { get; protected set; }

        public abstract int EventIndex { get; protected set; }

        public abstract bool Equals(StreamSequenceToken? other);

        public abstract int CompareTo(StreamSequenceToken? other);

        public override bool Equals(object? obj) => Equals(obj as StreamSequenceToken);

        public override int GetHashCode() => HashCode.Combine(SequenceNumber, EventIndex);
    }

    public static class StreamSequenceTokenUtilities
    {
        public static bool Newer(this StreamSequenceToken me, StreamSequenceToken other)
        {
            ArgumentNullException.ThrowIfNull(me);
            return me.CompareTo(other) > 0;
        }

        public static bool Older(this StreamSequenceToken me, StreamSequenceToken other)
        {
            ArgumentNullException.ThrowIfNull(me);
            return me.CompareTo(other) < 0;
        }
    }
}

namespace Orleans.Providers.Streams.Common
{
    [GenerateSerializer]
    public class EventSequenceTokenV2 : StreamSequenceToken
    {
        public EventSequenceTokenV2()
        {
        }

        public EventSequenceTokenV2(long seqNumber)
            : this(seqNumber, 0)
        {
        }

        public EventSequenceTokenV2(long seqNumber, int eventInd) => (SequenceNumber, EventIndex) = (seqNumber, eventInd);

        [Id(0)]
        public override long SequenceNumber { get; protected set; }

        [Id(1)]
        public override int EventIndex { get; protected set; }

        public EventSequenceTokenV2 CreateSequenceTokenForEvent(int eventInd) => new(SequenceNumber, eventInd);

        public override bool Equals(StreamSequenceToken? other)
            => other is EventSequenceTokenV2 token && token.SequenceNumber == SequenceNumber && token.EventIndex == EventIndex;

        public override bool Equals(object? obj) => Equals(obj as StreamSequenceToken);

        public override int GetHashCode() => HashCode.Combine(SequenceNumber, EventIndex);

        public override int CompareTo(StreamSequenceToken? other)
            => other switch
            {
                null => 1,
                EventSequenceTokenV2 token => SequenceNumber.CompareTo(token.SequenceNumber) is var difference and not 0 ? difference : EventIndex.CompareTo(token.EventIndex),
                _ => throw new ArgumentOutOfRangeException(nameof(other), $"A {other.GetType()} cannot be compared with an {nameof(EventSequenceTokenV2)}."),
            };

        public override string ToString() => $"[EventSequenceTokenV2: SeqNum={SequenceNumber}, EventIndex={EventIndex}]";
    }
}
