using System.Diagnostics;
using Chirps.Silo.Commands;
using Chirps.Silo.Demo;
using Chirps.Tests.Node;
using RaftKv.Checking;
using RaftKv.Demo;
using Xunit.Abstractions;

namespace Chirps.Tests.Raft;

public sealed class RaftProcessTests(ITestOutputHelper output) : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("chirps-raft-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Real_processes_under_kills_lose_no_acknowledged_write_and_answer_as_one_store()
    {
        var processes = RaftDemo.Make(_directory, count: 3, groups: 2);
        using var display = new DemoDisplay();
        try
        {
            var plan = new RaftDemoPlan { Clients = 4, Keys = 6, ChangesPerPart = 200, Patience = TimeSpan.FromMinutes(5) };
            var result = await new RaftDemoRun(processes, plan, display).PlayAsync(CancellationToken.None);

            output.WriteLine($"{result}");
            Assert.Equal((0, HistoryVerdict.Linearizable), (result.Lost, result.Verdict));
            Assert.True(result.Failovers >= 1, $"{result.Failovers} failovers");
        }
        finally
        {
            processes.ForEach(process => process.Dispose());
        }
    }

    [Fact]
    public async Task A_process_ends_in_order_with_the_input_of_whoever_started_it()
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true };
        string[] arguments = [typeof(RaftDemo).Assembly.Location, "node", "--Chirps:Mesh:NodeId=n1", "--Chirps:Mesh:ListenAddress=127.0.0.1:0", $"--Chirps:Mesh:DataDirectory={_directory}", "--RaftKv:EndWithInput=true"];
        Array.ForEach(arguments, start.ArgumentList.Add);
        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(MeshFixture.Patience);
        var ready = "";
        while (ready is not null && !ready.StartsWith(RunCommand.ReadyMark, StringComparison.Ordinal))
        {
            ready = await process.StandardOutput.ReadLineAsync(patience.Token);
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync(patience.Token);

        Assert.NotNull(ready);
        Assert.Equal(0, process.ExitCode);
    }
}
