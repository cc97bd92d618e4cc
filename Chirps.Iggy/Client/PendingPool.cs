using System.Collections.Concurrent;

namespace Chirps.Iggy.Client;

/// <summary>Requests to be used again, of all connections of a client.</summary>
/// <param name="capacity">How many are kept.</param>
internal sealed class PendingPool(int capacity)
{
    private readonly ConcurrentQueue<PendingRequest> _free = new();

    /// <summary>A request to use.</summary>
    public PendingRequest Take() => _free.TryDequeue(out var request) ? request : new PendingRequest(this);

    /// <summary>Takes a request back.</summary>
    public void Return(PendingRequest request)
    {
        if (_free.Count < capacity)
        {
            _free.Enqueue(request);
        }
    }
}
