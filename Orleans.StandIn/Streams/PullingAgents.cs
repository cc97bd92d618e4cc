using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime.Providers;

namespace Orleans.Streams.StandIn;

/// <summary>The agents of one provider, one per queue.</summary>
internal sealed class PullingAgents(IStreamQueueMapper mapper, Dictionary<QueueId, PullingAgent> agents)
{
    public static async Task<PullingAgents> CreateAsync(StreamProvider provider, IQueueAdapterFactory factory, IServiceProvider services)
    {
        AgentSettings settings = new(
            services.GetRequiredService<IOptionsMonitor<StreamPullingAgentOptions>>().Get(provider.Name),
            services.GetKeyedService<IMessageDeliveryBackoffProvider>(provider.Name) ?? new ExponentialBackoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(1)),
            services.GetKeyedService<IQueueReaderBackoffProvider>(provider.Name) ?? new ExponentialBackoff(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(1)));
        var mapper = factory.GetStreamQueueMapper();
        var balancer = services.GetKeyedService<IStreamQueueBalancer>(provider.Name);
        await (balancer?.Initialize(mapper) ?? Task.CompletedTask);
        Dictionary<QueueId, PullingAgent> agents = [];
        foreach (var queue in balancer?.GetMyQueues() ?? mapper.GetAllQueues())
        {
            var cache = factory.GetQueueAdapterCache()?.CreateQueueCache(queue)
                ?? throw new NotSupportedException($"Stream provider {provider.Name} has no queue cache, which the Orleans stand-in needs.");
            agents[queue] = new(provider, queue, provider.Adapter.CreateReceiver(queue), cache, await factory.GetDeliveryFailureHandler(queue), settings);
        }

        return new(mapper, agents);
    }

    public PullingAgent For(StreamId stream) => agents[mapper.GetQueueForStream(stream)];

    public void Start()
    {
        foreach (var agent in agents.Values)
        {
            agent.Start();
        }
    }

    public Task StopAsync() => Task.WhenAll(agents.Values.Select(static agent => agent.StopAsync()));
}

internal sealed record AgentSettings(StreamPullingAgentOptions Options, IMessageDeliveryBackoffProvider Delivery, IQueueReaderBackoffProvider Reader);
