using Chirps.Iggy.Protocol.Messages;

namespace Chirps.Iggy.Backend;

/// <summary>
/// Messages to one partition, in the order in which they were sent: one request is under way at a time, and carries what came while the one before
/// was. Any thread.
/// </summary>
/// <param name="send">Sends one batch and answers its senders; never throws.</param>
internal sealed class PublishLane(Func<IReadOnlyList<Outgoing>, Task> send)
{
    private const int BatchMessages = 512;
    private const int BatchBytes = 4 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<Outgoing> _waiting = new();
    private bool _isSending;

    /// <summary>Adds a message.</summary>
    public void Add(Outgoing message)
    {
        lock (_gate)
        {
            _waiting.Enqueue(message);
            if (_isSending)
            {
                return;
            }

            _isSending = true;
        }

        _ = SendAllAsync();
    }

    /// <summary>The Iggy messages of a batch.</summary>
    public static IggyMessage[] ToIggy(IReadOnlyList<Outgoing> batch) => [.. batch.Select(one => DurableCodec.ToIggy(one.Header, one.Payload))];

    private async Task SendAllAsync()
    {
        while (Take() is { Count: > 0 } batch)
        {
            await send(batch).ConfigureAwait(false);
        }
    }

    private List<Outgoing> Take()
    {
        var batch = new List<Outgoing>();
        var bytes = 0L;
        lock (_gate)
        {
            while (batch.Count < BatchMessages && _waiting.TryPeek(out var next) && (batch.Count == 0 || bytes + next.Payload.Length <= BatchBytes))
            {
                batch.Add(_waiting.Dequeue());
                bytes += next.Payload.Length;
            }

            _isSending = batch.Count > 0;
        }

        return batch;
    }
}
