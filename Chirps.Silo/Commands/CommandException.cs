namespace Chirps.Silo.Commands;

/// <summary>A command ends here, with one line that says why and what to do.</summary>
/// <param name="exitCode">See <see cref="Commands.ExitCode"/>.</param>
/// <param name="message">The line.</param>
internal sealed class CommandException(int exitCode, string message) : Exception(message)
{
    /// <summary>What the process ends with.</summary>
    public int ExitCode => exitCode;
}
