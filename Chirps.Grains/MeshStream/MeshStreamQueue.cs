using System.Threading.Channels;
using Orleans.Providers.Streams.Common;
using Orleans.Streams;

namespace Chirps.Grains.MeshStream;

/// <summary>Batches of events between the publishers of this silo and the one agent that reads them.</summary>
internal sealed class MeshStreamQueue : IQueueAdapterReceiver
{
    /// <summary>Batches that wait here; more wait with their publishers.</summary>
    private const int BatchesMax = 64;

    /// <summary>Then the agent is let go, though there is nothing: it may have been told to end.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(5);

    private readonly Channel<(StreamId Stream, object[] Events)> _batches = Channel.CreateBounded<(StreamId, object[])>(new BoundedChannelOptions(BatchesMax) { SingleReader = true });
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _some = Task.CompletedTask;
    private Task _tick = Task.CompletedTask;
    private long _sequence;

    public Task AddAsync(StreamId stream, object[] events, CancellationToken cancellationToken)
        => events.Length == 0 ? Task.CompletedTask : _batches.Writer.WriteAsync((stream, events), cancellationToken).AsTask();

    public Task Initialize(TimeSpan timeout) => Task.CompletedTask;

    /// <summary>Waits until there is something.</summary>
    public async Task<IList<IBatchContainer>> GetQueueMessagesAsync(int maxCount)
    {
        if (!_batches.Reader.TryPeek(out _))
        {
            _some = _some.IsCompleted ? _batches.Reader.WaitToReadAsync().AsTask() : _some;
            _tick = _tick.IsCompleted ? Task.Delay(_patience) : _tick;
            await Task.WhenAny(_some, _tick, _stopped.Task);
        }

        var taken = new List<IBatchContainer>();
        while (taken.Count < maxCount && _batches.Reader.TryRead(out var batch))
        {
            taken.Add(new MeshStreamBatch(batch.Stream, new EventSequenceTokenV2(++_sequence), batch.Events));
        }

        return taken;
    }

    public Task MessagesDeliveredAsync(IList<IBatchContainer> messages) => Task.CompletedTask;

    public Task Shutdown(TimeSpan timeout)
    {
        Stop();
        return Task.CompletedTask;
    }

    /// <summary>Lets the agent go.</summary>
    public void Stop() => _stopped.TrySetResult();
}
