namespace Chirps.Grains.DurableStream;

/// <summary>
/// Ends delivery before the silo stops its grains: a message that cannot be delivered because of that is not given up, but delivered after the restart.
/// </summary>
internal sealed class DurableStreamStop : ILifecycleParticipant<ISiloLifecycle>
{
    private DurableAdapter? _adapter;

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe<DurableStreamStop>(ServiceLifecycleStage.Active + 1, static _ => Task.CompletedTask, _ =>
    {
        _adapter?.Stop();
        return Task.CompletedTask;
    });

    /// <summary>Says what is to be stopped.</summary>
    public DurableAdapter Of(DurableAdapter adapter) => _adapter = adapter;
}
