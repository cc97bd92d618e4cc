using System.Text.Json.Serialization;
using Chirps.Engine.Membership;
using Chirps.Hosting;
using Chirps.Node;
using Chirps.Node.Raft;
using Chirps.Silo.Commands;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using RaftKv.Core;
using RaftKv.Node;

namespace RaftKv.Http;

/// <summary>One process: a mesh node without Orleans, the groups on it, and HTTP on loopback for their clients.</summary>
internal static class KvHost
{
    /// <summary>Runs until it is told to stop.</summary>
    /// <param name="args">Configuration: <c>--Chirps:…</c> for the mesh, <c>--RaftKv:…</c> for <see cref="KvHostOptions"/>.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        await using var app = Build(args);
        await app.StartAsync(cancellationToken);
        var self = app.Services.GetRequiredService<IMeshNode>().Membership.Self;
        var http = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Console.WriteLine($"{RunCommand.ReadyMark} node={self.Id} mesh={self.Address} http={http}");
        await app.WaitForShutdownAsync(cancellationToken);
        return 0;
    }

    private static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddCommandLine(args);
        var options = new KvHostOptions();
        OptionsReader.Read(builder.Configuration.GetSection("RaftKv"), options, KvHostOptions.Problems);
        var mesh = OptionsReader.Read(builder.Configuration);
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
}

/// <summary>Section <c>RaftKv</c>.</summary>
internal sealed class KvHostOptions
{
    /// <summary>Where HTTP is served.</summary>
    public string Http { get; set; } = "127.0.0.1:0";

    /// <summary>Names of the nodes that vote in new groups, separated by commas; empty on a node that joins later.</summary>
    public string Voters { get; set; } = "";

    /// <summary>How many groups share the keys.</summary>
    public int Groups { get; set; } = 4;

    /// <summary>After how many bytes of applied entries a group stores a snapshot.</summary>
    public int SnapshotBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Entries kept before a snapshot.</summary>
    public int EntriesKept { get; set; } = 256;

    public static IEnumerable<(string Key, string Problem)> Problems(KvHostOptions options)
    {
        if (options.Voters.Length > 0 && options.Voters.Split(',').Any(name => !MemberId.TryParse(name, out _)))
        {
            yield return ("RaftKv:Voters", $"'{options.Voters}' is no list of node names");
        }

        if (options.Groups is < 1 or > 1000)
        {
            yield return ("RaftKv:Groups", $"{options.Groups} is out of range; 1 to 1000 is needed");
        }
    }
}

/// <summary>Starts the groups once the mesh node is there.</summary>
internal sealed class RaftService(IServiceProvider services, KvHostOptions options, MeshOptions mesh, ILogger<RaftNode> logger) : IHostedService, IAsyncDisposable
{
    private RaftNode? _node;

    public RaftNode Node => _node ?? throw new InvalidOperationException("The groups start with the host; they are not running yet.");

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _node = new RaftNode(services.GetRequiredService<IRaftTransport>(), new RaftNodeOptions
        {
            DataDirectory = Path.Combine(mesh.Mesh.DataDirectory, "raft", mesh.Mesh.NodeId),
            Voters = options.Voters.Length == 0 ? [] : [.. options.Voters.Split(',').Select(MemberId.Parse)],
            Groups = options.Groups,
            SnapshotBytes = options.SnapshotBytes,
            EntriesKept = options.EntriesKept,
            Raft = new RaftSettings(),
        }, logger);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken) => await DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _node, null) is { } node)
        {
            await node.DisposeAsync();
        }
    }
}
