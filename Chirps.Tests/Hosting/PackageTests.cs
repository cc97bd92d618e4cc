using System.Diagnostics;
using System.IO.Compression;
using System.Reflection;
using Chirps.Tests.Architecture;

namespace Chirps.Tests.Hosting;

public sealed class PackageTests
{
    [Theory]
    [InlineData("Chirps.Engine", new string[0])]
    [InlineData("Chirps.Quic", new string[0])]
    [InlineData("Chirps.Node", new[] { "Chirps.Engine", "Chirps.Quic" })]
    [InlineData("Chirps.Iggy", new[] { "Chirps.Node" })]
    [InlineData("Chirps.Hosting", new[] { "Chirps.Iggy", "Chirps.Node" })]
    public async Task A_library_is_packed_with_its_readme_its_documentation_and_symbols(string name, string[] dependencies)
    {
        var output = Directory.CreateTempSubdirectory("chirps-pack-").FullName;
        var configuration = typeof(PackageTests).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

        await Run("pack", Path.Combine(Repository.Root, name), "--configuration", configuration, "--no-build", "--output", output, "--nologo");

        var package = Assert.Single(Directory.GetFiles(output, $"{name}.*.nupkg"));
        Assert.True(File.Exists(Path.ChangeExtension(package, ".snupkg")));
        using var archive = await ZipFile.OpenReadAsync(package);
        var entries = archive.Entries.Select(entry => entry.FullName).ToList();
        Assert.Contains("README.md", entries);
        Assert.Contains($"lib/net10.0/{name}.dll", entries);
        Assert.Contains($"lib/net10.0/{name}.xml", entries);
        using var reader = new StreamReader(await archive.GetEntry($"{name}.nuspec")!.OpenAsync());
        var specification = await reader.ReadToEndAsync();
        Assert.All(dependencies, dependency => Assert.Contains($"id=\"{dependency}\"", specification, StringComparison.Ordinal));
        Assert.DoesNotContain("Orleans.StandIn", specification, StringComparison.Ordinal);
        Directory.Delete(output, recursive: true);
    }

    private static async Task Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await output + await error);
    }
}
