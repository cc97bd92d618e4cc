using System.Net;
using Orleans.Streams;

namespace Orleans.Configuration;

public class ClusterOptions
{
    public string ClusterId { get; set; } = "default";

    public string ServiceId { get; set; } = "default";
}

public class SiloOptions
{
    public string? SiloName { get; set; }
}

/// <summary>Where the silo would listen. The stand-in opens no port; the address is its identity.</summary>
public class EndpointOptions
{
    public IPAddress? AdvertisedIPAddress { get; set; }

    public int SiloPort { get; set; } = 11111;

    public int GatewayPort { get; set; } = 30000;
}

public abstract class MessagingOptions
{
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);

    public bool CancelRequestOnTimeout { get; set; }

    public bool WaitForCancellationAcknowledgement { get; set; }

    /// <summary>Whether calls carry activities: see <c>AddActivityPropagation</c>.</summary>
    internal bool PropagatesActivities { get; set; }
}

public class SiloMessagingOptions : MessagingOptions;

public class ClientMessagingOptions : MessagingOptions;

public class GrainCollectionOptions
{
    public TimeSpan CollectionAge { get; set; } = TimeSpan.FromMinutes(15);

    public TimeSpan CollectionQuantum { get; set; } = TimeSpan.FromMinutes(1);

    public Dictionary<string, TimeSpan> ClassSpecificCollectionAge { get; set; } = [];

    public TimeSpan ActivationTimeout { get; set; } = TimeSpan.FromSeconds(30);

    public TimeSpan DeactivationTimeout { get; set; } = TimeSpan.FromSeconds(30);
}

public class MemoryGrainStorageOptions
{
    public int NumStorageGrains { get; set; } = 10;
}

public class HashRingStreamQueueMapperOptions
{
    public int TotalQueueCount { get; set; } = 8;
}

public class SimpleQueueCacheOptions
{
    public int CacheSize { get; set; } = 4096;
}

public class StreamPullingAgentOptions
{
    public TimeSpan GetQueueMsgsTimerPeriod { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Accepted; the stand-in hands over one batch container at a time.</summary>
    public int BatchContainerBatchSize { get; set; } = 1;

    public TimeSpan InitQueueTimeout { get; set; } = TimeSpan.FromSeconds(5);

    public TimeSpan MaxEventDeliveryTime { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Accepted; the stand-in forgets no stream.</summary>
    public TimeSpan StreamInactivityPeriod { get; set; } = TimeSpan.FromMinutes(30);
}

public class StreamLifecycleOptions
{
    public int InitStage { get; set; } = ServiceLifecycleStage.ApplicationServices;

    public int StartStage { get; set; } = ServiceLifecycleStage.Active;
}

public class StreamPubSubOptions
{
    public StreamPubSubType PubSubType { get; set; } = StreamPubSubType.ExplicitGrainBasedAndImplicit;
}
