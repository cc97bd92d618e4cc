namespace Chirps.Grains;

/// <summary>Something that passes what the node yields on to Orleans streams, until it is told to stop.</summary>
internal interface IPublisher
{
    /// <summary>Runs until <paramref name="stopping"/>, or until the node ends its queue.</summary>
    Task RunAsync(CancellationToken stopping);
}
