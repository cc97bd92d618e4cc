namespace Chirps.Silo.Commands;

/// <summary>What keeps a file from being read, in a line for people.</summary>
internal static class FileFault
{
    private const int SecretCharactersMax = 4096;

    /// <summary>Whether the file, and not the program, is at fault.</summary>
    public static bool Is(Exception exception) => exception is IOException or UnauthorizedAccessException;

    /// <summary>Why a file could not be read. .NET says of a directory that access is denied.</summary>
    public static string Explain(string path, Exception exception) => Directory.Exists(path) ? $"{path} is a directory; a file is needed" : exception.Message;

    /// <summary>The first line of a file that holds a secret, without white space around it.</summary>
    /// <param name="option">The option that names the file.</param>
    /// <param name="path">The file.</param>
    /// <param name="what">What it holds: <c>the token</c>.</param>
    /// <exception cref="CommandException">It cannot be read, its first line is empty, or longer than any secret: 4,096 characters.</exception>
    public static string SecretIn(string option, string path, string what)
    {
        try
        {
            using var reader = new StreamReader(path);
            var buffer = new char[SecretCharactersMax + 1];
            var read = reader.ReadBlock(buffer);
            var line = buffer.AsSpan(0, read);
            line = (line.IndexOfAny('\r', '\n') is var end and >= 0 ? line[..end] : line).Trim();
            return line.Length switch
            {
                0 => throw new CommandException(ExitCode.Usage, $"{option}: {path} has no first line with {what}"),
                > SecretCharactersMax => throw new CommandException(ExitCode.Usage, $"{option}: the first line of {path} is too long for {what}"),
                _ => line.ToString(),
            };
        }
        catch (Exception exception) when (Is(exception))
        {
            throw new CommandException(ExitCode.Usage, $"{option}: {Explain(path, exception)}");
        }
    }
}
