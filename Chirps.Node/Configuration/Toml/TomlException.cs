namespace Chirps.Node.Toml;

/// <summary>A text is no TOML that is understood here.</summary>
/// <param name="line">Counted from 1.</param>
/// <param name="problem">What is wrong, without the line.</param>
internal sealed class TomlException(int line, string problem) : Exception($"line {line}: {problem}")
{
    /// <summary>Counted from 1.</summary>
    public int Line => line;

    /// <summary>What is wrong, without the line.</summary>
    public string Problem => problem;
}
