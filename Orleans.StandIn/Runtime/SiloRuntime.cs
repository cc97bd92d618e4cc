using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Streams.StandIn;

namespace Orleans.Runtime.StandIn;

/// <summary>Everything one silo owns. Nothing of it is shared with another silo of the process.</summary>
internal sealed partial class SiloRuntime : IAsyncDisposable
{
    private volatile bool _acceptsCalls;
    private Timer? _collector;

    public SiloRuntime(
        IServiceProvider services,
        LocalSiloDetails details,
        ILoggerFactory loggers,
        IOptions<SiloMessagingOptions> messaging,
        IOptions<GrainCollectionOptions> collection)
    {
        (Services, Details, Messaging, Collection) = (services, details, messaging.Value, collection.Value);
        Log = loggers.CreateLogger("Orleans.StandIn");
        Catalog = new(this);
        Factory = new(this, outside: null);
        PubSub = new(this);
        Client = new(this, external: false);
    }

    public IServiceProvider Services { get; }

    public LocalSiloDetails Details { get; }

    public SiloMessagingOptions Messaging { get; }

    public GrainCollectionOptions Collection { get; }

    public ILogger Log { get; }

    public GrainClasses Classes { get; } = new();

    public Catalog Catalog { get; }

    public GrainFactory Factory { get; }

    public Deadlines Deadlines { get; } = new();

    public PubSub PubSub { get; }

    /// <summary>Stream subscribers that are no grains: code that uses the silo's own client.</summary>
    public ClientConsumers Client { get; }

    public bool AcceptsCalls => _acceptsCalls;

    public SiloStatus Status { get; private set; } = SiloStatus.Created;

    public DateTime Started { get; } = DateTime.UtcNow;

    public void BecomeActive()
    {
        (Status, _acceptsCalls) = (SiloStatus.Active, true);
        using (ExecutionContext.SuppressFlow())
        {
            _collector = new(static state => ((SiloRuntime)state!).CollectIdle(null), this, Collection.CollectionQuantum, Collection.CollectionQuantum);
        }
    }

    /// <summary>Lets grains leave; calls among them are still served until all have.</summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        Status = SiloStatus.ShuttingDown;
        _collector?.Dispose();
        await Catalog.DeactivateAllAsync(cancellationToken);
        (Status, _acceptsCalls) = (SiloStatus.Dead, false);
    }

    public void CollectIdle(TimeSpan? age)
    {
        foreach (var activation in Catalog.Activations.Where(static activation => !activation.Class.KeepAlive))
        {
            activation.CollectIfIdle(age ?? Collection.ClassSpecificCollectionAge.GetValueOrDefault(activation.Class.Type.FullName!, Collection.CollectionAge));
        }
    }

    public OrleansException NotActive(GrainId grainId)
        => new($"No active nodes are compatible with grain {grainId}: the silo {Details.SiloAddress} is {Status}.");

    public void LogUnfinished(int count) => LogUnfinished(Log, count);

    public ValueTask DisposeAsync()
    {
        _collector?.Dispose();
        Deadlines.Dispose();
        return ValueTask.CompletedTask;
    }

    [LoggerMessage(105, LogLevel.Warning, "{Count} activations had not ended when the silo stopped")]
    private static partial void LogUnfinished(ILogger logger, int count);
}
