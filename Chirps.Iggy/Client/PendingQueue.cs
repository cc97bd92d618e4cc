using System.Diagnostics.CodeAnalysis;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Dialects;

namespace Chirps.Iggy.Client;

/// <summary>Requests in the order they were begun: a ring that grows. Its owner locks.</summary>
internal sealed class PendingQueue
{
    private PendingRequest[] _ring = new PendingRequest[16];
    private int _head;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>One of them, the oldest first.</summary>
    public PendingRequest this[int index] => _ring[At(index)];

    /// <summary>Puts one last.</summary>
    public void Enqueue(PendingRequest request)
    {
        if (Count == _ring.Length)
        {
            var larger = new PendingRequest[_ring.Length * 2];
            for (var index = 0; index < Count; index++)
            {
                larger[index] = this[index];
            }

            _ring = larger;
            _head = 0;
        }

        _ring[At(Count)] = request;
        Count++;
    }

    /// <summary>Takes the oldest.</summary>
    public bool TryDequeue([NotNullWhen(true)] out PendingRequest? request)
    {
        request = null;
        return Count > 0 && RemoveAt(0, out request);
    }

    /// <summary>Takes the oldest that an answer can be meant for.</summary>
    public bool TryDequeueAnswered(in ResponseHead head, [NotNullWhen(true)] out PendingRequest? request)
    {
        for (var index = 0; index < Count; index++)
        {
            if (this[index].Mark.IsAnsweredBy(head))
            {
                return RemoveAt(index, out request);
            }
        }

        request = null;
        return false;
    }

    /// <summary>Takes the oldest if it is a login.</summary>
    public bool TryDequeueLogin([NotNullWhen(true)] out PendingRequest? request)
    {
        request = null;
        return Count > 0 && this[0].Command is (IggyCommand.LoginRegister or IggyCommand.LoginRegisterWithToken) && RemoveAt(0, out request);
    }

    private bool RemoveAt(int index, [NotNullWhen(true)] out PendingRequest? request)
    {
        request = this[index];
        for (; index > 0; index--)
        {
            _ring[At(index)] = this[index - 1];
        }

        _ring[_head] = null!;
        _head = At(1);
        Count--;
        return true;
    }

    private int At(int index) => (_head + index) & (_ring.Length - 1);
}
