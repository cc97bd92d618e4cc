using Chirps.Node;
using Microsoft.Extensions.Logging;

namespace Chirps.Grains;

/// <summary>Passes the node's membership changes on to the stream <see cref="ChirpsStreams.Membership"/>, in order.</summary>
internal sealed partial class MembershipPublisher(IMeshNode node, IClusterClient cluster, ILogger<MembershipPublisher> logger) : IPublisher
{
    public async Task RunAsync(CancellationToken stopping)
    {
        var stream = cluster.GetStreamProvider(ChirpsStreams.Provider).GetStream<MembershipEvent>(ChirpsStreams.Membership);
        using var feed = node.WatchMembership();
        var batch = new List<MembershipEvent>();
        while (await feed.Changes.WaitToReadAsync(stopping))
        {
            while (feed.Changes.TryRead(out var record))
            {
                batch.Add(record.ToEvent());
            }

            try
            {
                await stream.OnNextBatchAsync(batch);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                LogLost(logger, batch.Count, exception);
            }

            batch = [];
        }
    }

    [LoggerMessage(4001, LogLevel.Error, "Lost {Count} membership events: the stream did not take them. Subscribers see a gap in the versions")]
    private static partial void LogLost(ILogger logger, int count, Exception exception);
}
