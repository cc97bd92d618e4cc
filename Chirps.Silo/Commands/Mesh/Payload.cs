using System.CommandLine;

namespace Chirps.Silo.Commands.Mesh;

/// <summary>What is sent: a text that is typed, a file, or standard input.</summary>
internal sealed class Payload
{
    private readonly Argument<string?> _text = new("text") { Description = "The message; without it and without --file, standard input", Arity = ArgumentArity.ZeroOrOne };
    private readonly Option<string?> _file = new("--file") { Description = "Send the bytes of a file; - is standard input", HelpName = Expectations.PathHelp };

    /// <summary>Gives a command the ways to say what is sent.</summary>
    public Payload(Command command)
    {
        command.Arguments.Add(_text);
        command.Options.Add(_file);
        command.Validators.Add(result =>
        {
            if (result.GetResult(_text)?.Tokens.Count > 0 && result.GetResult(_file) is not null)
            {
                result.AddError("text, --file: one of them.");
            }
        });
    }

    /// <summary>The bytes in base64.</summary>
    /// <exception cref="CommandException">The file cannot be read.</exception>
    public async Task<string> ReadAsync(Client.NodeCall call, CancellationToken cancellationToken)
    {
        if (call.Get(_text) is { } text)
        {
            return Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(text));
        }

        try
        {
            using var bytes = new MemoryStream();
            await using var source = call.Get(_file) is { } file and not "-" ? File.OpenRead(file) : Console.OpenStandardInput();
            await source.CopyToAsync(bytes, cancellationToken);
            return Convert.ToBase64String(bytes.GetBuffer(), 0, (int)bytes.Length);
        }
        catch (Exception exception) when (FileFault.Is(exception))
        {
            throw new CommandException(ExitCode.Usage, $"--file: {FileFault.Explain(call.Get(_file) ?? "", exception)}");
        }
    }
}
