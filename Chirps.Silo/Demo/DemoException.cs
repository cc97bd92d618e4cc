namespace Chirps.Silo.Demo;

/// <summary>Something the demo expected did not happen; the message names it.</summary>
internal sealed class DemoException(string message) : Exception(message);
