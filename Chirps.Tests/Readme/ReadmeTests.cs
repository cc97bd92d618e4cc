using System.Collections.Concurrent;
using Chirps.Tests.Architecture;
using Chirps.Tests.Node;

namespace Chirps.Tests.Readme;

public sealed class ReadmeTests
{
    [Fact]
    public void The_example_in_the_readme_is_the_compiled_one()
    {
        var source = File.ReadAllText(Path.Combine(Repository.Root, "Chirps.Tests", "Readme", "ReadmeExample.cs"));
        var region = source.Split("// <example>\n")[1].Split("        // </example>")[0];
        var example = string.Join('\n', region.Split('\n').Select(line => line.Length > 8 ? line[8..] : "")).TrimEnd();

        Assert.Contains($"```csharp\n{example}\n```", File.ReadAllText(Path.Combine(Repository.Root, "README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_example_in_the_readme_runs()
    {
        var directory = Directory.CreateTempSubdirectory("chirps-readme-").FullName;
        var printed = new ConcurrentQueue<string>();
        string[] args =
        [
            "--Chirps:Mesh:NodeId=a", "--Chirps:Mesh:ListenAddress=127.0.0.1:0", $"--Chirps:Mesh:DataDirectory={directory}",
            "--urls=http://127.0.0.1:0",
        ];

        await ReadmeExample.Run(args, printed.Enqueue, CancellationToken.None).WaitAsync(MeshFixture.Patience);

        Assert.Contains(printed, line => line.StartsWith("to a: ", StringComparison.Ordinal));
        Directory.Delete(directory, recursive: true);
    }
}
