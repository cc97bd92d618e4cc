using System.Collections.Concurrent;
using Chirps.Tests.Architecture;
using Chirps.Tests.Node;

namespace Chirps.Tests.Documents;

/// <summary>Every C# sample of the documents is a region of a file of this folder, between <c>&lt;sample&gt;</c> comments, and so is compiled; most also run.</summary>
public sealed class SampleTests
{
    private static readonly string[] _compiled = [.. Directory.GetFiles(Path.Combine(Repository.Root, "Chirps.Tests", "Documents"), "*.cs").SelectMany(Regions)];

    public static TheoryData<string, string> Samples()
    {
        string[] documents = [Path.Combine(Repository.Root, "README.md"), .. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)];
        var samples = new TheoryData<string, string>();
        foreach (var document in documents)
        {
            foreach (var block in File.ReadAllText(document).Split("```csharp\n")[1..])
            {
                samples.Add(Path.GetRelativePath(Repository.Root, document), block.Split("\n```")[0]);
            }
        }

        return samples;
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_sample_of_the_documents_is_compiled(string document, string sample)
        => Assert.True(_compiled.Contains(sample), $"{document} has a sample that no file of Chirps.Tests/Documents has between <sample> and </sample>:\n{sample}");

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

    /// <summary>The regions of a source file, without the indentation of their first line.</summary>
    private static IEnumerable<string> Regions(string path)
    {
        foreach (var part in File.ReadAllText(path).Split("// <sample>\n")[1..])
        {
            var lines = part.Split("// </sample>")[0].TrimEnd().Split('\n');
            var indent = lines[0].Length - lines[0].TrimStart().Length;
            yield return string.Join('\n', lines.Select(line => line.Length > indent ? line[indent..] : ""));
        }
    }
}
