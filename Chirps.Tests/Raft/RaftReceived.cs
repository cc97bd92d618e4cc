using Chirps.Node.Raft;
using Chirps.Tests.Node;

namespace Chirps.Tests.Raft;

/// <summary>What a group has received.</summary>
internal static class RaftReceived
{
    /// <summary>Waits for the next messages.</summary>
    public static async Task<List<RaftDelivery>> TakeAsync(IRaftGroup group, int count)
    {
        using var patience = new CancellationTokenSource(MeshFixture.Patience);
        var taken = new List<RaftDelivery>();
        while (taken.Count < count && await group.WaitToReceiveAsync(patience.Token))
        {
            while (taken.Count < count && group.TryReceive(out var delivery))
            {
                taken.Add(delivery);
            }
        }

        return taken;
    }
}
