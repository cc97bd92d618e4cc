using System.Globalization;
using Chirps.Node.Credentials;
using Chirps.Silo.Demo;
using RaftKv.Core;

namespace RaftKv.Demo;

/// <summary><c>chirps demo raft</c>: the processes, the display, and the last line.</summary>
internal static class RaftDemo
{
    /// <summary>The cluster of the demo's certificates.</summary>
    public const string Cluster = "raft-demo";

    private const int Processes = 5;
    private static readonly string[] _columns = ["node", "port", "group 1", "group 2", "group 3", "group 4"];

    public static async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var directory = Path.GetFullPath(Path.Combine("run", "demo-raft"));
        if (Directory.Exists(directory))
        {
            Directory.Delete(directory, recursive: true);
        }

        var processes = Make(directory, Processes, groups: 4);
        using var display = DemoDisplay.Create(_columns, () => processes.Select(Cells));
        try
        {
            var result = await new RaftDemoRun(processes, new RaftDemoPlan(), display).PlayAsync(cancellationToken);
            await display.FinishAsync();
            Console.WriteLine(result.IsGood ? $"raft demo ok: {result}" : $"raft demo failed: {result} (logs: {directory})");
            return result.IsGood ? 0 : 1;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await display.FinishAsync();
            Console.WriteLine("raft demo stopped");
            return 130;
        }
        catch (Exception exception) when (exception is DemoException or TimeoutException or HttpRequestException)
        {
            await display.FinishAsync();
            Console.WriteLine($"raft demo failed: {exception.Message} (logs: {directory})");
            return 1;
        }
        finally
        {
            processes.ForEach(process => process.Dispose());
        }
    }

    /// <summary>Processes that are not started yet, with certificates of one authority.</summary>
    public static List<RaftProcess> Make(string directory, int count, int groups)
    {
        Directory.CreateDirectory(directory);
        var authority = AuthorityStore.At(Path.Combine(directory, "certs"));
        var names = Enumerable.Range(1, count).Select(number => $"node-{number}").ToList();
        var settings = new Dictionary<string, string>
        {
            ["RaftKv:Voters"] = string.Join(',', names),
            ["RaftKv:Groups"] = groups.ToString(CultureInfo.InvariantCulture),

            // Small, so that a node that is away for seconds needs a snapshot.
            ["RaftKv:SnapshotBytes"] = "32768",
            ["RaftKv:EntriesKept"] = "4",
        };
        return [.. names.Select(name => new RaftProcess(name, directory, authority.IssueFiles(Cluster, name), settings))];
    }

    private static IEnumerable<string> Cells(RaftProcess process)
    {
        // With five digits of a commit index it still fits into 80 columns.
        var cells = process.Groups.Take(_columns.Length - 2).Select(group => group.Role == RaftRole.Leader
            ? $"[green]leads {group.Commit}[/]"
            : $"{(group.Restored > 0 ? "[yellow]snap[/] " : "")}{group.Commit}").ToList();
        return [process.Name, process.IsRunning ? $"{new Uri(process.Http).Port}" : "[grey]down[/]", .. cells, .. Enumerable.Repeat("", _columns.Length - 2 - cells.Count)];
    }
}
