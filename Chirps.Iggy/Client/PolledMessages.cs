using Chirps.Iggy.Protocol.Messages;

namespace Chirps.Iggy.Client;

/// <summary>
/// The answer to a poll: a view of the memory it was received in, to be gone through with <c>foreach</c> without allocating. Dispose of
/// it when done; nothing read from it may be used after that. One thread at a time.
/// </summary>
public sealed class PolledMessages : IDisposable
{
    private readonly MessageLayout _layout;
    private ResponseLease _response;
    private int _isReturned;

    internal PolledMessages(in ResponseLease response, in PollReply reply)
    {
        _response = response;
        _layout = reply.Layout;
        Partition = reply.Partition;
        CurrentOffset = reply.CurrentOffset;
        Count = (int)reply.Count;
    }

    /// <summary>Which partition was polled.</summary>
    public uint Partition { get; }

    /// <summary>Offset of the partition's newest message; 0 also when it is empty.</summary>
    public ulong CurrentOffset { get; }

    /// <summary>How many messages there are.</summary>
    public int Count { get; }

    /// <summary>Begins before the first message.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed of.</exception>
    public MessageReader GetEnumerator()
    {
        ObjectDisposedException.ThrowIf(_isReturned != 0, this);
        return new MessageReader(_response.Payload[PollReply.PrefixBytes..], _layout);
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isReturned, 1) == 0)
        {
            _response.Return();
            _response = default;
        }
    }
}
