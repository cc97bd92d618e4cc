using Chirps.Iggy.Backend;
using Chirps.Node;
using Chirps.Node.Raft;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Chirps.Hosting;

/// <summary>Puts a mesh node into any .NET host, without Orleans.</summary>
public static class ChirpsServiceCollectionExtensions
{
    /// <summary>Sections below <c>Chirps</c> that the host program reads; here they are passed over, so that both can share a file.</summary>
    internal static readonly string[] HostSections = ["Silo", "Http"];

    /// <summary>
    /// Adds a mesh node, configured by section <c>Chirps</c>. <see cref="IMeshNode"/> can be injected everywhere: the node starts when it is first asked for, at the
    /// latest with the host. Services added after it stop before it leaves the mesh.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="configuration">The whole configuration, of which section <c>Chirps</c> is read.</param>
    /// <param name="configure">Changes options that were read.</param>
    /// <exception cref="MeshConfigurationException">The section has unknown keys or bad values; the message names each.</exception>
    public static IServiceCollection AddChirps(this IServiceCollection services, IConfiguration configuration, Action<MeshOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var options = OptionsReader.Read(configuration, HostSections);
        configure?.Invoke(options);
        return services.AddChirps(options);
    }

    /// <summary>Adds a mesh node with these options.</summary>
    /// <inheritdoc cref="AddChirps(IServiceCollection, IConfiguration, Action{MeshOptions})" />
    public static IServiceCollection AddChirps(this IServiceCollection services, MeshOptions options)
    {
        services.AddMeshNode(options);
        services.AddHostedService<MeshNodeHostedService>();
        return services;
    }

    /// <summary>Adds the node, without whoever starts and stops it.</summary>
    internal static void AddMeshNode(this IServiceCollection services, MeshOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        if (services.Any(service => service.ServiceType == typeof(MeshNodeHost)))
        {
            throw new InvalidOperationException("AddChirps was called twice: a host has one mesh node.");
        }

        if (MeshOptionsValidator.Problems(options).ToArray() is { Length: > 0 } problems)
        {
            throw new MeshConfigurationException(problems);
        }

        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddLogging();
        services.AddSingleton(options);
        services.AddSingleton<IggyBackendFactory>();
        services.AddSingleton<IBackendFactory>(provider => provider.GetRequiredService<IggyBackendFactory>());
        services.AddSingleton(provider => provider.GetRequiredService<IggyBackendFactory>().Channels);
        services.AddSingleton<MeshNodeHost>();
        services.AddSingleton(provider => provider.GetRequiredService<MeshNodeHost>().Node);
        services.AddSingleton<IMeshNode>(provider => provider.GetRequiredService<MeshNode>());
        services.AddSingleton<IRaftTransport>(provider => new RaftTransport(provider.GetRequiredService<IMeshNode>(), options.Raft, options.Limits, provider.GetRequiredService<ILogger<RaftTransport>>()));
    }
}
