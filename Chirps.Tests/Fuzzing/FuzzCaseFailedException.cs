namespace Chirps.Tests.Fuzzing;

/// <summary>One generated case failed; the message says how to run it again.</summary>
public sealed class FuzzCaseFailedException(string message, Exception cause) : Exception(message, cause);
