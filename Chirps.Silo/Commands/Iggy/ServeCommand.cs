using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Chirps.Iggy.Embedded;
using Chirps.Iggy.Embedded.Log;
using Chirps.Silo.Commands.Display;

namespace Chirps.Silo.Commands.Iggy;

/// <summary>Runs the embedded server as a process of its own until it is told to stop.</summary>
internal static class ServeCommand
{
    /// <summary>Begins the line on standard output that says that the server is up, for scripts; its address follows.</summary>
    public const string ReadyMark = "chirps iggy ready:";

    /// <summary>The environment variable of the password, when no file is named.</summary>
    public const string PasswordVariable = "CHIRPS_IGGY_PASSWORD";

    public static Command Make()
    {
        var listen = new Option<string>("--listen") { Description = "IP address and TCP port to listen on; port 0 takes a free one", DefaultValueFactory = _ => "127.0.0.1:8090" };
        listen.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !IPEndPoint.TryParse(result.Tokens[0].Value, out _))
            {
                result.AddError($"'{result.Tokens[0].Value}' is no address: 127.0.0.1:8090 or [::1]:8090 is what is needed.");
            }
        });
        var data = new Option<string>("--data") { Description = "Where messages are kept", DefaultValueFactory = _ => Path.Combine("run", "iggy"), HelpName = Expectations.PathHelp };
        var durability = new Option<Durability>("--durability") { Description = "When a send is answered: once it is on disk (fsync), or once the operating system has it (interval, none)" };
        var interval = new Option<int>("--sync-milliseconds") { Description = "How often the disk is synced with --durability interval", DefaultValueFactory = _ => 1000 };
        interval.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && (!int.TryParse(result.Tokens[0].Value, out var milliseconds) || milliseconds < 1))
            {
                result.AddError("--sync-milliseconds takes a number of at least 1.");
            }
        });
        var user = new Option<string>("--user") { Description = "Name of the one user", DefaultValueFactory = _ => "iggy" };
        var passwordFile = new Option<string?>("--password-file") { Description = $"File whose first line is the password; otherwise the environment variable {PasswordVariable} has it", HelpName = Expectations.PathHelp };
        var command = new Command("serve", "Run a server that clients of Iggy 0.7 and 0.8 can use") { listen, data, durability, interval, user, passwordFile };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            parsed,
            () => new EmbeddedIggyOptions
            {
                Endpoint = IPEndPoint.Parse(parsed.GetRequiredValue(listen)),
                DataDirectory = parsed.GetRequiredValue(data),
                Durability = parsed.GetValue(durability),
                SyncInterval = TimeSpan.FromMilliseconds(parsed.GetValue(interval)),
                User = parsed.GetRequiredValue(user),
                Password = Password(parsed.GetValue(passwordFile)),
            },
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Func<EmbeddedIggyOptions> options, CancellationToken cancellationToken)
    {
        using var loggers = LoggerFactory.Create(logging => logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace));
        try
        {
            await using var server = await EmbeddedIggyServer.StartAsync(options(), TimeProvider.System, loggers);
            await parsed.InvocationConfiguration.Output.WriteLineAsync($"{ReadyMark} {server.LocalEndPoint}");
            await Stopped(cancellationToken);
            return 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException or SocketException or ArgumentException or CommandException)
        {
            await parsed.InvocationConfiguration.Error.WriteLineAsync(Plain.Line($"chirps: {exception.Message}"));
            return RunCommand.ExitNotStarted;
        }
    }

    private static string Password(string? file)
        => file is not null ? FileFault.SecretIn("--password-file", file, "the password")
            : Environment.GetEnvironmentVariable(PasswordVariable) is { Length: > 0 } variable ? variable
            : throw new CommandException(ExitCode.Usage, $"a password is needed: name a file with --password-file, or set {PasswordVariable}");

    private static async Task Stopped(CancellationToken cancellationToken)
        => await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
