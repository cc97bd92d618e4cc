using Chirps.Tests.Simulation;
using RaftKv.Checking;
using Xunit.Abstractions;

namespace Chirps.Tests.Raft;

public sealed class RaftSimulationTests(ITestOutputHelper output)
{
    private static readonly TimeSpan _faulty = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    [Fact]
    public void Safety_holds_and_no_acknowledged_write_is_lost_under_loss_partitions_pauses_and_restarts()
    {
        var (leaders, applied, operations) = (0, 0, 0);

        Simulate.EachSeed(Simulate.Times(500), seed =>
        {
            var world = new RaftWorld(seed);
            try
            {
                world.Play(_faulty, _patience);
                var history = world.Clients.SelectMany(client => client.History).ToArray();
                Assert.True(Linearizability.Check(history, out var key) == HistoryVerdict.Linearizable, $"key {key}: the history is not linearizable");
                (leaders, applied, operations) = (leaders + world.Checks.Leaders, applied + world.Checks.Applied, operations + history.Length);
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"{failure.Message}\n{world.Trace}", failure);
            }
        });

        output.WriteLine($"{leaders} leaders, {applied} entries decided, {operations} operations of clients");
    }
}
