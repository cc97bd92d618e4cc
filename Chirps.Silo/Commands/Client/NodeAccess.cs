using System.CommandLine;
using Chirps.Silo.Commands.Display;

namespace Chirps.Silo.Commands.Client;

/// <summary>The options of all commands that talk to a node, and what such a command begins and ends with.</summary>
internal sealed class NodeAccess
{
    /// <summary>Where a node serves HTTP unless it is configured otherwise.</summary>
    public const string DefaultAddress = "http://127.0.0.1:8080";

    /// <summary>The environment variable with the address of the node.</summary>
    public const string AddressVariable = "CHIRPS_NODE";

    /// <summary>The environment variable with the token.</summary>
    public const string TokenVariable = "CHIRPS_TOKEN";

    private readonly Option<string?> _node = new("--node") { Description = $"The node's HTTP address (default: {AddressVariable}, else {DefaultAddress})", HelpName = "url" };
    private readonly Option<string?> _token = new("--token") { Description = $"Token the node asks for (default: {TokenVariable}; prefer --token-file)", HelpName = "text" };
    private readonly Option<string?> _tokenFile = new("--token-file") { Description = "File whose first line is the token", HelpName = Expectations.PathHelp };
    private readonly Option<string?> _ca = new("--ca") { Description = "PEM file of the authorities to trust for an https address", HelpName = Expectations.PathHelp };
    private readonly Option<bool> _json = new("--json") { Description = "JSON for programs: one object, or one a line" };

    /// <summary>Gives a command these options and lets it run against the node they name.</summary>
    /// <param name="command">The command.</param>
    /// <param name="run">Its work; returns the exit code.</param>
    /// <returns>The command.</returns>
    public Command Serve(Command command, Func<NodeCall, CancellationToken, Task<int>> run)
    {
        foreach (var option in new Option[] { _node, _token, _tokenFile, _ca, _json })
        {
            command.Options.Add(option);
        }

        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, run, cancellationToken));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, Func<NodeCall, CancellationToken, Task<int>> run, CancellationToken cancellationToken)
    {
        try
        {
            using var client = new NodeClient(Address(parsed), Token(parsed), parsed.GetValue(_ca));
            return await run(new NodeCall(parsed, client, parsed.GetValue(_json)), cancellationToken);
        }
        catch (CommandException exception)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync(Plain.Line($"chirps: {exception.Message}"));
            return exception.ExitCode;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
    }

    private Uri Address(ParseResult parsed)
    {
        var (text, source) = parsed.GetValue(_node) is { } option ? (option, "--node")
            : Environment.GetEnvironmentVariable(AddressVariable) is { Length: > 0 } variable ? (variable, AddressVariable)
            : (DefaultAddress, "");
        var url = text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}";
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.Host.Length == 0)
        {
            throw new CommandException(ExitCode.Usage, $"{source}: '{text}' is no address of a node; {DefaultAddress} or https://host:8080 is what is needed");
        }

        // What would not be used is not passed over in silence; a password in it is not repeated.
        return address is { PathAndQuery: "/", Fragment: "", UserInfo: "" }
            ? address
            : throw new CommandException(ExitCode.Usage, $"{source}: only scheme, host and port are used: {address.GetLeftPart(UriPartial.Scheme)}{address.Authority}; a token is named with --token-file");
    }

    private string? Token(ParseResult parsed)
    {
        var (option, file) = (parsed.GetValue(_token), parsed.GetValue(_tokenFile));
        if (option is not null && file is not null)
        {
            throw new CommandException(ExitCode.Usage, "--token, --token-file: one of them");
        }

        return file is not null ? Checked(FileFault.SecretIn("--token-file", file, "the token"), $"--token-file: {file}")
            : option is not null ? Checked(option, "--token")
            : Environment.GetEnvironmentVariable(TokenVariable) is { Length: > 0 } variable ? Checked(variable, TokenVariable)
            : null;
    }

    /// <summary>A token that a header can carry. It is never repeated in what is said about it.</summary>
    private static string Checked(string text, string source) => text.Trim() switch
    {
        "" => throw new CommandException(ExitCode.Usage, $"{source}: there is no token in it"),
        var token when token.Any(letter => letter is <= ' ' or > '~') => throw new CommandException(ExitCode.Usage, $"{source}: that is no token; a token is visible ASCII, without spaces"),
        var token => token,
    };
}
