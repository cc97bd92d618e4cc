using Chirps.Engine.State;

namespace Chirps.Node;

/// <summary>A change of the shared key-values with the wall-clock time at which this node saw it.</summary>
/// <param name="Change">The change.</param>
/// <param name="At">When.</param>
/// <param name="MissedBefore">Whether this watcher lost changes before this one, because its queue was full: what it mirrors must be read again.</param>
public sealed record StateRecord(StateChange Change, DateTimeOffset At, bool MissedBefore);
