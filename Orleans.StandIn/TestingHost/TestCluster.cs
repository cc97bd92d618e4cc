using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Hosting;
using Orleans.TestingHost.StandIn;

namespace Orleans.TestingHost;

public abstract class SiloHandle
{
    public SiloAddress SiloAddress { get; internal init; } = null!;

    public string Name { get; internal init; } = "";

    public abstract bool IsActive { get; }
}

public class InProcessSiloHandle : SiloHandle
{
    private readonly OneSilo _silo;

    internal InProcessSiloHandle(OneSilo silo) => _silo = silo;

    public IHost SiloHost => _silo.Host;

    public IServiceProvider ServiceProvider => _silo.Host.Services;

    public override bool IsActive => _silo.IsActive;
}

/// <summary>One silo and one client outside it, in this process.</summary>
public class TestCluster : IAsyncDisposable, IDisposable
{
    private readonly OneSilo _silo;

    internal TestCluster(OneSilo silo) => _silo = silo;

    public SiloHandle Primary => _silo.Handle;

    public IReadOnlyList<SiloHandle> SecondarySilos => [];

    public IReadOnlyList<SiloHandle> Silos => [_silo.Handle];

    public IClusterClient Client => _silo.Client;

    public IGrainFactory GrainFactory => _silo.Client;

    /// <summary>The client's services.</summary>
    public IServiceProvider ServiceProvider => _silo.Client.ServiceProvider;

    public IServiceProvider GetSiloServiceProvider(SiloAddress? silo = null) => _silo.Host.Services;

    public void Deploy() => DeployAsync().GetAwaiter().GetResult();

    public Task DeployAsync() => _silo.StartAsync();

    public Task<SiloHandle> StartAdditionalSiloAsync(bool startAdditionalSiloOnNewPort = false) => throw OneSilo.Refusal();

    public Task StopSiloAsync(SiloHandle instance) => _silo.StopAsync();

    public Task StopAllSilosAsync() => _silo.StopAsync();

    public Task WaitForLivenessToStabilizeAsync(bool didKill = false) => Task.CompletedTask;

    /// <summary>Deactivates the grain and waits until it is gone.</summary>
    public Task DeactivateAsync(IAddressable grain) => DeactivateAsync(grain.GetGrainId());

    public async Task DeactivateAsync(GrainId grainId)
    {
        if (TryGetGrainContext(grainId, out var context))
        {
            context.Deactivate(new(DeactivationReasonCode.RuntimeRequested, "The test asked for it."));
            await context.Deactivated;
        }
    }

    public Task WaitForDeactivationAsync(IAddressable grain) => WaitForDeactivationAsync(grain.GetGrainId());

    public Task WaitForDeactivationAsync(GrainId grainId) => TryGetGrainContext(grainId, out var context) ? context.Deactivated : Task.CompletedTask;

    public bool TryGetGrainContext(GrainId grainId, [NotNullWhen(true)] out IGrainContext? grainContext)
    {
        grainContext = _silo.Runtime.Catalog.Find(grainId);
        return grainContext is not null;
    }

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    public void Dispose()
    {
        DisposeAsync().AsTask().GetAwaiter().GetResult();
        GC.SuppressFinalize(this);
    }
}
