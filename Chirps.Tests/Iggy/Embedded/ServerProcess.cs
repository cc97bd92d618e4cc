using System.Diagnostics;
using System.Net;
using Chirps.Silo.Commands.Iggy;

namespace Chirps.Tests.Iggy.Embedded;

/// <summary>An embedded server as a process of its own, to be killed.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private ServerProcess(Process process, IPEndPoint endpoint)
    {
        _process = process;
        Endpoint = endpoint;
    }

    public IPEndPoint Endpoint { get; }

    public static async Task<ServerProcess> StartAsync(string directory)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet") { RedirectStandardOutput = true };
        foreach (var argument in (string[])[typeof(ServeCommand).Assembly.Location, "iggy", "serve", "--listen", "127.0.0.1:0", "--data", directory])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[ServeCommand.PasswordVariable] = ServerKit.Password;
        var process = Process.Start(start)!;
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(_patience);
        Assert.StartsWith(ServeCommand.ReadyMark, line, StringComparison.Ordinal);
        return new ServerProcess(process, IPEndPoint.Parse(line![ServeCommand.ReadyMark.Length..].Trim()));
    }

    /// <summary>Ends the process at once, as SIGKILL does.</summary>
    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
