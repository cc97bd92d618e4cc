using System.Diagnostics.CodeAnalysis;
using Chirps.Engine.Membership;

namespace Chirps.Engine.State;

/// <summary>One change of the shared state as this node sees it, its own writes included.</summary>
/// <param name="Number">Counts the changes of this engine from 1 without gaps; a gap seen by a reader means changes it did not take in time.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Owner">The node whose key-values changed.</param>
/// <param name="Generation">Which process of it.</param>
/// <param name="Key">The key; empty when the change is about the whole node.</param>
/// <param name="Value">The new value; empty unless a key was written.</param>
/// <param name="Version">The owner's write, or the node's version when the change is about the whole node.</param>
public sealed record StateChange(
    ulong Number, StateChangeKind Kind, MemberId Owner, Generation Generation, string Key, ReadOnlyMemory<byte> Value, ulong Version)
{
    /// <summary>Whether a subscriber to a key prefix wants this change: a key that begins with it, or a reset of the node.</summary>
    /// <param name="prefix">The prefix; empty for all keys.</param>
    /// <param name="rest">The key without the prefix; empty for a reset.</param>
    /// <returns>Whether it matches.</returns>
    public bool TryMatch(string prefix, [NotNullWhen(true)] out string? rest)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        var isKey = Kind is StateChangeKind.Set or StateChangeKind.Deleted;
        rest = Kind == StateChangeKind.Reset ? string.Empty
            : isKey && Key.StartsWith(prefix, StringComparison.Ordinal) ? Key[prefix.Length..]
            : null;
        return rest is not null;
    }
}
