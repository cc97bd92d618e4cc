namespace Chirps.Node;

/// <summary>The node cannot start as it is configured; the message names each key and what would do.</summary>
public sealed class MeshConfigurationException : Exception
{
    /// <summary>Makes the error for one key.</summary>
    public MeshConfigurationException(string key, string problem, Exception? inner = null)
        : base($"{key}: {problem}", inner)
        => Problems = [(key, problem)];

    /// <summary>Makes the error for several keys.</summary>
    public MeshConfigurationException(IReadOnlyList<(string Key, string Problem)> problems)
        : base(string.Join(Environment.NewLine, problems.Select(problem => $"{problem.Key}: {problem.Problem}")))
        => Problems = problems;

    /// <summary>The keys, <c>Chirps:Mesh:ListenAddress</c> for example, and what is wrong with each.</summary>
    public IReadOnlyList<(string Key, string Problem)> Problems { get; }
}
