using System.Collections.Immutable;

namespace Chirps.Iggy.Embedded.Catalog;

/// <summary>A stream as it is kept.</summary>
internal sealed record StreamState(uint Id, string Name, ulong CreatedMicroseconds, ImmutableSortedDictionary<uint, TopicState> Topics);
