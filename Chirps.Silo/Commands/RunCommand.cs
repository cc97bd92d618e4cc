using System.CommandLine;
using Chirps.Engine.Membership;
using Chirps.Hosting;
using Chirps.Node;
using Chirps.Quic;
using Chirps.Silo.Commands.Display;
using Chirps.Silo.Configuration;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Chirps.Silo.Commands;

/// <summary>Runs one node until it is told to stop; then it leaves the mesh in order.</summary>
internal static class RunCommand
{
    /// <summary>Exit code when the configuration, or the machine, does not allow a start.</summary>
    public const int ExitNotStarted = 2;

    /// <summary>Begins the line on standard output that says that the node is up, for scripts.</summary>
    public const string ReadyMark = "chirps ready:";

    public static Command Make()
    {
        var command = new Command("run", "Run one node until Ctrl-C; then it leaves the mesh. Any setting may follow: --Chirps:Mesh:NodeId=node-1")
        {
            TreatUnmatchedTokensAsErrors = false,
        };
        var settings = CommandLineSettings.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(settings(parsed), cancellationToken, parsed.InvocationConfiguration.Error));
        return command;
    }

    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken, TextWriter? error = null)
    {
        try
        {
            await using var app = SiloHost.Build(args);
            await StartAsync(app, cancellationToken);
            var self = app.Services.GetRequiredService<IMeshNode>().Membership.Self;
            Console.WriteLine(ReadyLine(app, self));
            await app.WaitForShutdownAsync(cancellationToken);
            return 0;
        }
        catch (Exception exception) when (Explain(exception) is { } message)
        {
            await (error ?? Console.Error).WriteLineAsync(message);
            return ExitNotStarted;
        }
    }

    /// <summary>Starts everything, or nothing: a node that has joined already leaves in order when something else cannot start.</summary>
    private static async Task StartAsync(WebApplication app, CancellationToken cancellationToken)
    {
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await app.Services.GetRequiredService<MeshNodeHost>().StopAsync(CancellationToken.None);
            throw;
        }
    }

    private static string ReadyLine(WebApplication app, Member self)
    {
        var http = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return $"{ReadyMark} node={self.Id} mesh={self.Address} http={http}";
    }

    /// <summary>What a person can do about it; <see langword="null"/> for what is our own mistake.</summary>
    private static string? Explain(Exception exception) => exception switch
    {
        MeshConfigurationException configuration => string.Join(Environment.NewLine, configuration.Problems.Select(one => Plain.Line($"{one.Key}: {one.Problem}")).Prepend("The configuration does not allow a start:")),
        QuicUnavailableException unavailable => unavailable.Message,
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } inUse => $"Chirps:Silo:HttpAddress: {inUse.Message} (another address: --http 127.0.0.1:8081)",
        _ => exception.InnerException is { } inner ? Explain(inner) : null,
    };
}
