using Chirps.Engine.Membership;
using Chirps.Simulation;

namespace Chirps.Tests.Architecture;

public sealed class CoreRulesTests
{
    private const int LinesMax = 400;

    private static readonly string _root = FindRoot();

    [Fact]
    public void The_engine_references_nothing_but_the_platform() => Assert.All(
        typeof(SwimEngine).Assembly.GetReferencedAssemblies(),
        reference => Assert.StartsWith("System.", reference.Name, StringComparison.Ordinal));

    [Fact]
    public void The_simulation_references_nothing_but_the_platform_the_engine_and_the_transport_port() => Assert.All(
        typeof(SimWorld).Assembly.GetReferencedAssemblies(),
        reference => Assert.True(reference.Name is "Chirps.Engine" or "Chirps.Quic" || reference.Name!.StartsWith("System.", StringComparison.Ordinal), reference.Name));

    [Theory]
    [InlineData("lock (")]
    [InlineData("async ")]
    public void Core_sources_know_neither_locks_nor_tasks(string forbidden) => Assert.DoesNotContain(
        Sources("Chirps.Engine").Concat(Sources("Chirps.Simulation")).Concat(Sources("samples/RaftKv/Core")),
        file => File.ReadAllText(file).Contains(forbidden, StringComparison.Ordinal));

    [Fact]
    public void No_source_file_is_longer_than_four_hundred_lines() => Assert.DoesNotContain(
        Sources("."),
        file => File.ReadLines(file).Count() > LinesMax);

    private static IEnumerable<string> Sources(string folder) => Directory
        .EnumerateFiles(Path.GetFullPath(Path.Combine(_root, folder)), "*.cs", SearchOption.AllDirectories)
        .Where(file => !Path.GetRelativePath(_root, file).Split(Path.DirectorySeparatorChar).Any(part => part is "artifacts" or "bin" or "obj" or ".git"));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Chirps.Orleans.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No Chirps.Orleans.sln above {AppContext.BaseDirectory}");
    }

    [Fact]
    public void Test_classes_are_ended_by_the_interface_that_the_test_runner_knows() => Assert.DoesNotContain(
        typeof(CoreRulesTests).Assembly.GetTypes(),
        type => typeof(IAsyncDisposable).IsAssignableFrom(type) && !typeof(IAsyncLifetime).IsAssignableFrom(type)
            && type.GetMethods().Any(method => method.IsDefined(typeof(FactAttribute), inherit: true)));
}
