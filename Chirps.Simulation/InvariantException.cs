namespace Chirps.Simulation;

/// <summary>A rule that must hold at every step did not.</summary>
public sealed class InvariantException : Exception
{
    /// <summary>Creates the exception without a message.</summary>
    public InvariantException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">The rule and what broke it.</param>
    public InvariantException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its cause.</summary>
    /// <param name="message">The rule and what broke it.</param>
    /// <param name="innerException">The cause.</param>
    public InvariantException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
