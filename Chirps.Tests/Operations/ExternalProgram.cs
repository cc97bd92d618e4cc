using System.Diagnostics;
using Chirps.Tests.Node;

namespace Chirps.Tests.Operations;

/// <summary>Programs of the machine that tests use.</summary>
internal static class ExternalProgram
{
    /// <summary>Where a program lies; <see langword="null"/> when it is not on the PATH.</summary>
    public static string? Find(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(directory => Path.Combine(directory, name))
        .FirstOrDefault(File.Exists);

    /// <summary>Starts a program; its output is to be read.</summary>
    public static Process Start(string name, params string[] arguments)
        => Process.Start(new ProcessStartInfo(Find(name)!, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;

    /// <summary>Runs a program to its end.</summary>
    public static async Task<(int Code, string Output)> RunAsync(string name, string input, params string[] arguments)
    {
        using var process = Start(name, arguments);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(MeshFixture.Patience);
        var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(patience.Token), process.StandardError.ReadToEndAsync(patience.Token));
        await process.WaitForExitAsync(patience.Token);
        return (process.ExitCode, string.Concat(output));
    }
}
