namespace Chirps.Silo.Configuration;

/// <summary>One value of the configuration and where it comes from.</summary>
/// <param name="Value">The value.</param>
/// <param name="Origin">A file with its line where that is known, <c>environment</c> with the variable, <c>command line</c>.</param>
/// <param name="IsOfProgram">Whether it comes from the file of defaults that lies beside the program.</param>
internal sealed record Setting(string Value, string Origin, bool IsOfProgram = false);
