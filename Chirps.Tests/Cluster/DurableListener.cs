using System.Collections.Concurrent;
using Orleans.Streams;
using Orleans.Streams.Core;

namespace Chirps.Tests.Cluster;

public interface IDurableListener : IGrainWithStringKey;

/// <summary>A grain for every durable channel, which Orleans makes with the first message. Keeps what comes on one of them.</summary>
[ImplicitStreamSubscription(ChirpsStreams.DurableNamespace)]
public sealed class DurableListener : Grain, IDurableListener, IStreamSubscriptionObserver
{
    public const string Channel = "listened";

    private static readonly ConcurrentQueue<int> _heard = new();

    public static IReadOnlyCollection<int> Heard => _heard;

    public Task OnSubscribed(IStreamSubscriptionHandleFactory handleFactory) => handleFactory.Create<DurableEntry>().ResumeAsync((entry, token) =>
    {
        if (this.GetPrimaryKeyString() == Channel)
        {
            _heard.Enqueue(DurableObserver.Number(entry));
        }

        return Task.CompletedTask;
    });
}
