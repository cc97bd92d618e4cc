namespace Chirps.Tests.Simulation;

/// <summary>One seed of a scenario failed; the message says how to run it again.</summary>
public sealed class SeedFailedException(string message, Exception cause) : Exception(message, cause);
