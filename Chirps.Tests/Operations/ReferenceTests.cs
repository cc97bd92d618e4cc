using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Chirps.Tests.Architecture;
using Chirps.Tests.Iggy.Backend;
using Microsoft.Extensions.Logging;

namespace Chirps.Tests.Operations;

/// <summary>
/// The tables of metrics and of log events in the documents are those of the program. <c>CHIRPS_ACCEPT=1</c> writes them anew; what a person
/// wrote beside an event stays.
/// </summary>
public sealed partial class ReferenceTests
{
    private const string Unexplained = "?";

    private static readonly Assembly[] _assemblies =
    [
        typeof(Chirps.Quic.QuicTransport).Assembly, typeof(Chirps.Node.MeshNode).Assembly, typeof(Chirps.Iggy.Backend.DurableCodec).Assembly,
        typeof(Chirps.Grains.MeshGrain).Assembly, Assembly.Load("Chirps.Hosting"), typeof(Chirps.Silo.SiloHost).Assembly,
    ];

    [Fact]
    public async Task The_table_of_metrics_is_what_a_node_exports()
    {
        await using var mesh = new DurableMesh();
        var options = mesh.Options("a");
        options.Swim.Carrier = Chirps.Node.MembershipCarrier.Udp;
        var node = await mesh.StartAsync(options);
        await using var raft = new Chirps.Node.Raft.RaftTransport(node);
        _ = new Chirps.Silo.Http.StreamLimit(_ => Task.CompletedTask, new Chirps.Silo.HttpOptions(), node);

        var table = MetricPage.Table(node.Metrics.ToPrometheusText());

        Assert.Equal(table, Documented("metrics.md", table));
    }

    [Fact]
    public void Every_log_event_has_a_number_of_its_own()
        => Assert.All(Events().GroupBy(one => one.EventId), same => Assert.True(same.Count() == 1, $"event {same.Key}: {string.Join(" | ", same.Select(one => one.Message))}"));

    [Fact]
    public void The_table_of_log_events_is_what_the_program_logs_and_explains_each()
    {
        var former = File.ReadAllText(PathOf("logs.md")).Split('\n')
            .Select(line => RowPattern().Match(line))
            .Where(match => match.Success)
            .ToDictionary(match => int.Parse(match.Groups[1].Value, null), match => match.Groups[2].Value);
        var table = new StringBuilder("| id | level | text | what it means, what to do |\n|---|---|---|---|\n");
        foreach (var one in Events().OrderBy(one => one.EventId))
        {
            var message = one.Message.Replace("|", "\\|", StringComparison.Ordinal);
            table.Append($"| {one.EventId} | {one.Level} | {message} | {former.GetValueOrDefault(one.EventId, Unexplained)} |\n");
        }

        Assert.Equal(table.ToString(), Documented("logs.md", table.ToString()));
        Assert.DoesNotContain($"| {Unexplained} |", table.ToString(), StringComparison.Ordinal);
    }

    private static List<LoggerMessageAttribute> Events() =>
    [
        .. _assemblies.SelectMany(assembly => assembly.GetTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>())
            .OfType<LoggerMessageAttribute>(),
    ];

    /// <summary>The table between the marks of a document, written anew where that is asked for.</summary>
    private static string Documented(string file, string table)
    {
        var text = File.ReadAllText(PathOf(file));
        if (Environment.GetEnvironmentVariable("CHIRPS_ACCEPT") == "1")
        {
            text = TablePattern().Replace(text, match => $"{match.Groups[1].Value}{table}{match.Groups[3].Value}");
            File.WriteAllText(PathOf(file), text);
        }

        return TablePattern().Match(text).Groups[2].Value;
    }

    private static string PathOf(string file) => Path.Combine(Repository.Root, "docs", file);

    [GeneratedRegex(@"^\| (\d+) \|.*(?<!\\)\| (.+) \|$")]
    private static partial Regex RowPattern();

    [GeneratedRegex(@"(<!-- table -->\n)(.*)(<!-- end of table -->)", RegexOptions.Singleline)]
    private static partial Regex TablePattern();
}
