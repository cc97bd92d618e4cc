using Chirps.Iggy.Protocol;

namespace Chirps.Iggy.Embedded.Catalog;

/// <summary>What a wanted change comes to: another state, or why not.</summary>
/// <param name="Status">Ok, or the refusal.</param>
/// <param name="State">The state after it; the same object when nothing changes.</param>
internal readonly record struct CatalogChange(IggyStatus Status, CatalogState State);
