using System.CommandLine;
using Chirps.Silo;
using Chirps.Silo.Commands;
using Chirps.Silo.Demo;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace Chirps.Tests.Silo;

/// <summary>A silo as it is run, on free ports, and commands as they are typed.</summary>
internal sealed class RunningSilo : IAsyncDisposable
{
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("chirps-cli-").FullName;

    public WebApplication App { get; private set; } = null!;

    public string Address { get; private set; } = "";

    public async Task StartAsync(params string[] settings)
    {
        App = SiloHost.Build([
            "--Chirps:Mesh:NodeId=solo", "--Chirps:Mesh:ListenAddress=127.0.0.1:0", $"--Chirps:Mesh:DataDirectory={Directory}", "--Chirps:Silo:HttpAddress=127.0.0.1:0",
            $"--Chirps:Silo:SiloPort={FreePort.Take()}", $"--Chirps:Silo:GatewayPort={FreePort.Take()}", .. settings]);
        await App.StartAsync();
        Address = App.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
    }

    public async ValueTask DisposeAsync()
    {
        await App.StopAsync();
        await App.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    /// <summary>Runs a command against this node.</summary>
    public Task<Typed> RunAsync(params string[] arguments) => TypeAsync(CancellationToken.None, [.. arguments, "--node", Address]);

    /// <summary>Runs a command of the program.</summary>
    public static async Task<Typed> TypeAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await CommandTree.RunAsync(arguments, new InvocationConfiguration { Output = TextWriter.Synchronized(output), Error = TextWriter.Synchronized(error) }, cancellationToken);
        return new Typed(code, output.ToString(), error.ToString());
    }
}

/// <summary>What a command left behind.</summary>
internal sealed record Typed(int Code, string Output, string Error)
{
    public IReadOnlyList<string> Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The one line on standard error.</summary>
    public string ErrorLine => Assert.Single(Error.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries));

    public System.Text.Json.JsonElement Json => System.Text.Json.JsonDocument.Parse(Assert.Single(Lines)).RootElement;
}
