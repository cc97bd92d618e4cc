using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Orleans.Streams.StandIn;

/// <summary>A named provider of a silo, with agents that read its queues, or of a client, without.</summary>
internal sealed class StreamProvider(string name, SiloRuntime silo, ClientConsumers client, IServiceProvider services, Func<IServiceProvider, string, IQueueAdapterFactory> create) : IStreamProvider
{
    private IQueueAdapter? _adapter;

    public string Name { get; } = name;

    public bool IsRewindable => Adapter.IsRewindable;

    public SiloRuntime Silo { get; } = silo;

    /// <summary>The client whose handlers serve subscriptions made outside grains.</summary>
    public ClientConsumers Client { get; } = client;

    public StreamPubSubType PubSubType { get; } = services.GetRequiredService<IOptionsMonitor<StreamPubSubOptions>>().Get(name).PubSubType;

    public PullingAgents? Agents { get; private set; }

    public IQueueAdapter Adapter => _adapter ?? throw new InvalidOperationException($"Stream provider '{Name}' is not started yet.");

    public IAsyncStream<T> GetStream<T>(StreamId streamId) => new Stream<T>(this, streamId);

    /// <summary>Makes the adapter and, on the silo side, the agents.</summary>
    public async Task InitializeAsync(bool withAgents)
    {
        var factory = create(services, Name);
        _adapter = await factory.CreateAdapter();
        if (withAgents)
        {
            Silo.PubSub.Add(this);
            if (_adapter.Direction is StreamProviderDirection.ReadOnly or StreamProviderDirection.ReadWrite)
            {
                Agents = await PullingAgents.CreateAsync(this, factory, services);
            }
        }
    }
}
