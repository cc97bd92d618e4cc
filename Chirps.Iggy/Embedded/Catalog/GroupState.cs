namespace Chirps.Iggy.Embedded.Catalog;

/// <summary>A consumer group as it is kept: its members are connections and are not kept.</summary>
internal sealed record GroupState(uint Id, string Name);
