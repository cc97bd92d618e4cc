using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Hosting.StandIn;
using Orleans.Streams;
using Orleans.Streams.StandIn;

namespace Orleans.Hosting
{
    public static class SiloBuilderMemoryStreamExtensions
    {
        public static ISiloBuilder AddMemoryStreams(this ISiloBuilder builder, string name, Action<ISiloMemoryStreamConfigurator>? configure = null)
        {
            ArgumentNullException.ThrowIfNull(builder);
            builder.Services.AddSiloStreams(name, MemoryAdapterFactory.Create);
            configure?.Invoke(new StreamConfigurator(name, builder.Services));
            return builder;
        }
    }

    public static class SiloBuilderStreamingExtensions
    {
        public static ISiloBuilder AddStreaming(this ISiloBuilder builder) => builder;

        public static ISiloBuilder AddPersistentStreams(
            this ISiloBuilder builder, string name, Func<IServiceProvider, string, IQueueAdapterFactory> adapterFactory, Action<ISiloPersistentStreamConfigurator>? configureStream)
        {
            ArgumentNullException.ThrowIfNull(builder);
            builder.Services.AddSiloStreams(name, adapterFactory);
            configureStream?.Invoke(new StreamConfigurator(name, builder.Services));
            return builder;
        }
    }

    public static class ClientBuilderStreamingExtensions
    {
        public static IClientBuilder AddStreaming(this IClientBuilder builder) => builder;

        public static IClientBuilder AddMemoryStreams(this IClientBuilder builder, string name, Action<IClusterClientMemoryStreamConfigurator>? configure = null)
        {
            ArgumentNullException.ThrowIfNull(builder);
            builder.Services.AddStreams(name, MemoryAdapterFactory.Create);
            configure?.Invoke(new StreamConfigurator(name, builder.Services));
            return builder;
        }

        public static IClientBuilder AddPersistentStreams(
            this IClientBuilder builder, string name, Func<IServiceProvider, string, IQueueAdapterFactory> adapterFactory, Action<IClusterClientPersistentStreamConfigurator>? configureStream)
        {
            ArgumentNullException.ThrowIfNull(builder);
            builder.Services.AddStreams(name, adapterFactory);
            configureStream?.Invoke(new StreamConfigurator(name, builder.Services));
            return builder;
        }
    }
}

namespace Orleans.Hosting.StandIn
{
    internal sealed class StreamConfigurator(string name, IServiceCollection services) : ISiloMemoryStreamConfigurator, IClusterClientMemoryStreamConfigurator
    {
        public string Name { get; } = name;

        public Action<Action<IServiceCollection>> ConfigureDelegate { get; } = configure => configure(services);
    }

    internal static class StreamServices
    {
        public static void AddStreams(this IServiceCollection services, string name, Func<IServiceProvider, string, IQueueAdapterFactory> create)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(name);
            _ = services.AddKeyedSingleton(name, (provider, _) => new StreamProvider(
                name, provider.GetRequiredService<SiloRuntime>(), provider.GetService<ClientConsumers>() ?? provider.GetRequiredService<SiloRuntime>().Client, provider, create));
            _ = services.AddKeyedSingleton<IStreamProvider>(name, static (provider, key) => provider.GetRequiredKeyedService<StreamProvider>(key));
            _ = services.AddSingleton(new StreamProviderName(name));
        }

        public static void AddSiloStreams(this IServiceCollection services, string name, Func<IServiceProvider, string, IQueueAdapterFactory> create)
        {
            services.AddStreams(name, create);
            _ = services.AddSingleton<ILifecycleParticipant<ISiloLifecycle>>(provider => new StreamLifecycle(provider, name));
        }
    }

    internal sealed record StreamProviderName(string Name);

    /// <summary>Starts and stops one stream provider of a silo at its stages.</summary>
    internal sealed class StreamLifecycle(IServiceProvider services, string name) : ILifecycleParticipant<ISiloLifecycle>
    {
        public void Participate(ISiloLifecycle lifecycle)
        {
            var provider = services.GetRequiredKeyedService<StreamProvider>(name);
            RequireStorage(provider);
            var stages = services.GetRequiredService<IOptionsMonitor<StreamLifecycleOptions>>().Get(name);
            _ = lifecycle.Subscribe<StreamLifecycle>(stages.InitStage, _ => provider.InitializeAsync(withAgents: true));
            _ = lifecycle.Subscribe<StreamLifecycle>(
                stages.StartStage,
                _ =>
                {
                    provider.Agents?.Start();
                    return Task.CompletedTask;
                },
                _ => provider.Agents?.StopAsync() ?? Task.CompletedTask);
        }

        private void RequireStorage(StreamProvider provider)
        {
            if (provider.PubSubType != StreamPubSubType.ImplicitOnly
                && services.GetKeyedService<GrainStorage>("PubSubStore") is null && services.GetKeyedService<GrainStorage>(name) is null)
            {
                throw new OrleansConfigurationException(
                    $"Stream provider \"{name}\" allows explicit subscriptions and needs a grain storage provider named \"PubSubStore\" or \"{name}\".");
            }
        }
    }
}
