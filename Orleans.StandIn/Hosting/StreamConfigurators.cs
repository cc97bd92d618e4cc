using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime.Providers;
using Orleans.Streams;

namespace Orleans.Hosting;

/// <summary>Configures what belongs to one named provider.</summary>
public interface INamedServiceConfigurator
{
    string Name { get; }

    Action<Action<IServiceCollection>> ConfigureDelegate { get; }
}

public interface IPersistentStreamConfigurator : INamedServiceConfigurator;

public interface ISiloPersistentStreamConfigurator : IPersistentStreamConfigurator;

public interface IMemoryStreamConfigurator : INamedServiceConfigurator;

public interface ISiloMemoryStreamConfigurator : IMemoryStreamConfigurator, ISiloPersistentStreamConfigurator;

public interface IClusterClientPersistentStreamConfigurator : IPersistentStreamConfigurator;

public interface IClusterClientMemoryStreamConfigurator : IMemoryStreamConfigurator, IClusterClientPersistentStreamConfigurator;

public static class NamedServiceConfiguratorExtensions
{
    public static void Configure<TOptions>(this INamedServiceConfigurator configurator, Action<OptionsBuilder<TOptions>>? configureOptions)
        where TOptions : class, new()
    {
        ArgumentNullException.ThrowIfNull(configurator);
        configurator.ConfigureDelegate(services => configureOptions?.Invoke(services.AddOptions<TOptions>(configurator.Name)));
    }

    internal static void Component<TComponent>(this INamedServiceConfigurator configurator, Func<IServiceProvider, string, TComponent> factory)
        where TComponent : class
    {
        ArgumentNullException.ThrowIfNull(configurator);
        configurator.ConfigureDelegate(services => services.AddKeyedSingleton(configurator.Name, (provider, name) => factory(provider, (string)name!)));
    }
}

public static class PersistentStreamConfiguratorExtensions
{
    public static void ConfigureStreamPubSub(this IPersistentStreamConfigurator configurator, StreamPubSubType pubsubType = StreamPubSubType.ExplicitGrainBasedAndImplicit)
        => configurator.Configure<StreamPubSubOptions>(options => options.Configure(o => o.PubSubType = pubsubType));
}

public static class SiloPersistentStreamConfiguratorExtensions
{
    public static void ConfigurePullingAgent(this ISiloPersistentStreamConfigurator configurator, Action<OptionsBuilder<StreamPullingAgentOptions>>? configureOptions = null)
        => configurator.Configure(configureOptions);

    public static void ConfigurePartitionBalancing(this ISiloPersistentStreamConfigurator configurator, Func<IServiceProvider, string, IStreamQueueBalancer> factory)
        => configurator.Component(factory);

    public static void ConfigureLifecycle(this ISiloPersistentStreamConfigurator configurator, Action<OptionsBuilder<StreamLifecycleOptions>> configureOptions)
        => configurator.Configure(configureOptions);

    public static void ConfigureBackoffProvider(this ISiloPersistentStreamConfigurator configurator, Func<IServiceProvider, string, IMessageDeliveryBackoffProvider> factory)
        => configurator.Component(factory);

    public static void ConfigureBackoffProvider(this ISiloPersistentStreamConfigurator configurator, Func<IServiceProvider, string, IQueueReaderBackoffProvider> factory)
        => configurator.Component(factory);
}

public static class MemoryStreamConfiguratorExtensions
{
    public static void ConfigurePartitioning(this IMemoryStreamConfigurator configurator, int numOfQueues = 8)
        => configurator.Configure<HashRingStreamQueueMapperOptions>(options => options.Configure(o => o.TotalQueueCount = numOfQueues));
}
