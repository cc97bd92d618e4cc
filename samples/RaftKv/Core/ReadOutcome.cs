namespace RaftKv.Core;

/// <summary>What became of a read.</summary>
/// <param name="Id">The id it was asked with.</param>
/// <param name="Index">Read once this much is applied.</param>
/// <param name="IsConfirmed">Whether a majority confirmed, after the read was asked for, that this replica leads; else ask another.</param>
internal readonly record struct ReadOutcome(ulong Id, ulong Index, bool IsConfirmed);
