using Chirps.Engine.Membership;

namespace Chirps.Engine.State;

/// <summary>The key-values of one node at one instant, as this node holds them. Immutable; safe to hand to other threads.</summary>
/// <param name="Owner">The node that writes them.</param>
/// <param name="Generation">Which process of it.</param>
/// <param name="MaxVersion">Everything the owner wrote up to this version is here.</param>
/// <param name="LastGcVersion">Deletions up to this version have been forgotten.</param>
/// <param name="Entries">The visible keys in the order they were written. Deleted ones are left out.</param>
public sealed record NodeStateView(MemberId Owner, Generation Generation, ulong MaxVersion, ulong LastGcVersion, IReadOnlyList<StateEntry> Entries)
{
    /// <summary>Finds a key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The entry, or <see langword="null"/> when the owner has no such key.</returns>
    public StateEntry? Find(string key)
    {
        foreach (var entry in Entries)
        {
            if (string.Equals(entry.Key, key, StringComparison.Ordinal))
            {
                return entry;
            }
        }

        return null;
    }
}
