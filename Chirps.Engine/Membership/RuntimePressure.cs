namespace Chirps.Engine.Membership;

/// <summary>What the shell noticed of its own process since it last said so. Any of it can make the others look dead.</summary>
/// <param name="TimerDelay">How late the protocol's timer fired.</param>
/// <param name="GcPause">The longest pause of the garbage collector.</param>
/// <param name="PoolDelay">How long work waited in the thread pool.</param>
public readonly record struct RuntimePressure(TimeSpan TimerDelay, TimeSpan GcPause, TimeSpan PoolDelay);
