using System.Collections.Immutable;
using Chirps.Iggy.Protocol.Records;

namespace Chirps.Iggy.Embedded.Catalog;

/// <summary>A topic as it is kept.</summary>
internal sealed record TopicState
{
    /// <summary>Its number within the stream, used again after a deletion.</summary>
    public required uint Id { get; init; }

    /// <summary>Its number for ever: what is stored on disk goes by it, so that a new topic never meets the remains of an old one.</summary>
    public required ulong Key { get; init; }

    public required string Name { get; init; }

    public required ulong CreatedMicroseconds { get; init; }

    public CompressionKind Compression { get; init; } = CompressionKind.None;

    /// <summary>Age at which messages go; 2^64-1 for never.</summary>
    public ulong ExpiryMicroseconds { get; init; } = ulong.MaxValue;

    /// <summary>Size of the whole topic beyond which the oldest messages go; 2^64-1 for no limit.</summary>
    public ulong SizeBytesMax { get; init; } = ulong.MaxValue;

    /// <summary>When each partition was made; the place in the list is its number.</summary>
    public ImmutableList<ulong> Partitions { get; init; } = [];

    public ImmutableSortedDictionary<uint, GroupState> Groups { get; init; } = ImmutableSortedDictionary<uint, GroupState>.Empty;

    /// <summary>The same topic with other settings; 0 stands for the default, which is no limit.</summary>
    public TopicState With(TopicSettings settings) => this with
    {
        Compression = settings.Compression,
        ExpiryMicroseconds = settings.ExpiryMicroseconds == 0 ? ulong.MaxValue : settings.ExpiryMicroseconds,
        SizeBytesMax = settings.SizeBytesMax == 0 ? ulong.MaxValue : settings.SizeBytesMax,
    };
}
