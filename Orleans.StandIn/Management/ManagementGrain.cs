using Orleans.Concurrency;

namespace Orleans.Runtime.StandIn;

[StatelessWorker(1), Reentrant, GrainType("sys.management")]
internal sealed class ManagementGrain(SiloRuntime silo) : Grain, IManagementGrain
{
    private SiloAddress Here => silo.Details.SiloAddress;

    public Task<Dictionary<SiloAddress, SiloStatus>> GetHosts(bool onlyActive)
        => Task.FromResult<Dictionary<SiloAddress, SiloStatus>>(onlyActive && silo.Status != SiloStatus.Active ? [] : new() { [Here] = silo.Status });

    public Task<SimpleGrainStatistic[]> GetSimpleGrainStatistics()
        => Task.FromResult(silo.Catalog.Activations
            .GroupBy(static activation => activation.Class)
            .Select(group => new SimpleGrainStatistic { GrainType = group.Key.ReportedName, SiloAddress = Here, ActivationCount = group.Count() })
            .ToArray());

    public Task<SimpleGrainStatistic[]> GetSimpleGrainStatistics(SiloAddress[] hostsIds)
        => IsHere(hostsIds) ? GetSimpleGrainStatistics() : Task.FromResult<SimpleGrainStatistic[]>([]);

    public Task<DetailedGrainStatistic[]> GetDetailedGrainStatistics(string[]? types, SiloAddress[]? hostsIds)
        => Task.FromResult(!IsHere(hostsIds) ? [] : silo.Catalog.Activations
            .Where(activation => types is null || types.Contains(activation.Class.ReportedName))
            .Select(activation => new DetailedGrainStatistic { GrainType = activation.Class.ReportedName, SiloAddress = Here, GrainId = activation.GrainId })
            .ToArray());

    public Task<int> GetTotalActivationCount() => Task.FromResult(silo.Catalog.Count);

    public Task<int> GetGrainActivationCount(GrainReference grainReference)
        => Task.FromResult(silo.Catalog.Activations.Count(activation => activation.GrainId.Equals(grainReference.GrainId)));

    public ValueTask<SiloAddress?> GetActivationAddress(IAddressable reference)
        => new(silo.Catalog.Find(reference.GetGrainId()) is null ? null : Here);

    public ValueTask<List<GrainId>> GetActiveGrains(GrainType type)
        => new(silo.Catalog.Activations.Where(activation => activation.Class.GrainType.Equals(type)).Select(static activation => activation.GrainId).Distinct().ToList());

    public Task ForceActivationCollection(TimeSpan ageLimit)
    {
        silo.CollectIdle(ageLimit);
        return Task.CompletedTask;
    }

    public Task ForceActivationCollection(SiloAddress[] hostsIds, TimeSpan ageLimit)
        => IsHere(hostsIds) ? ForceActivationCollection(ageLimit) : Task.CompletedTask;

    private bool IsHere(SiloAddress[]? hosts) => hosts is null || hosts.Contains(Here);
}
