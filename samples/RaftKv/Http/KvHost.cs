using System.Text.Json.Serialization;
using Chirps.Hosting;
using Chirps.Node;
using Chirps.Silo.Commands;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace RaftKv.Http;

/// <summary>One process: a mesh node without Orleans, the groups on it, and HTTP on loopback for their clients.</summary>
internal static class KvHost
{
    /// <summary>Exit code when the disk failed: what is on it is good, and the process may be started again once there is room.</summary>
    public const int ExitDiskFailed = 3;

    /// <summary>Runs until it is told to stop, or the disk fails.</summary>
    /// <param name="args">Configuration: <c>--Chirps:…</c> for the mesh, <c>--RaftKv:…</c> for <see cref="KvHostOptions"/>.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        try
        {
            await using var app = Build(args, out var options);
            await app.StartAsync(cancellationToken);
            var self = app.Services.GetRequiredService<IMeshNode>().Membership.Self;
            var http = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            Console.WriteLine($"{RunCommand.ReadyMark} node={self.Id} mesh={self.Address} http={http}");
            if (options.EndWithInput)
            {
                _ = EndWithInputAsync(app.Lifetime);
            }

            var failure = app.Services.GetRequiredService<RaftService>().Node.Failure;
            var stopped = app.WaitForShutdownAsync(cancellationToken);
            if (await Task.WhenAny(failure, stopped) == stopped)
            {
                await stopped;
                return 0;
            }

            await Console.Error.WriteLineAsync($"The disk failed, and this node stops: {(await failure).Message}");
            await app.StopAsync(CancellationToken.None);
            return ExitDiskFailed;
        }
        catch (Exception exception) when (Explain(exception) is { } message)
        {
            await Console.Error.WriteLineAsync(message);
            return RunCommand.ExitNotStarted;
        }
    }

    /// <summary>A process that is not started yet.</summary>
    /// <exception cref="MeshConfigurationException">The configuration does not do.</exception>
    public static WebApplication Build(string[] args, out KvHostOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddCommandLine(args);
        options = new KvHostOptions();
        OptionsReader.Read(builder.Configuration.GetSection("RaftKv"), options, KvHostOptions.Problems);
        var mesh = OptionsReader.Read(builder.Configuration);
        mesh.Backends.Iggy.Host = false; // nothing durable is sent but by the groups' own logs
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseUrls($"http://{options.Http}");
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(new JsonStringEnumConverter()));
        builder.Services.AddChirps(mesh);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton<RaftService>();
        builder.Services.AddSingleton<IHostedService>(services => services.GetRequiredService<RaftService>());
        var app = builder.Build();
        app.MapKv();
        return app;
    }

    /// <summary>What a person can do about it; <see langword="null"/> for what is our own mistake.</summary>
    private static string? Explain(Exception exception) => exception switch
    {
        MeshConfigurationException configuration => configuration.Message,
        InvalidDataException damaged => $"The data of this node cannot be relied on: {damaged.Message}",
        IOException or UnauthorizedAccessException => $"The node cannot start: {exception.Message}",
        _ => null,
    };

    private static async Task EndWithInputAsync(IHostApplicationLifetime lifetime)
    {
        await Task.Run(() => Console.OpenStandardInput().CopyTo(Stream.Null));
        lifetime.StopApplication();
    }
}
