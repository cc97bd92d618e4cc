namespace Chirps.Engine.Messaging;

/// <summary>How a lane that a peer opens continues what is known of it.</summary>
public enum LaneContinuation
{
    /// <summary>A new epoch, from its first message.</summary>
    New,

    /// <summary>The epoch is known; messages seen before are duplicates.</summary>
    Known,

    /// <summary>The epoch is not known and earlier messages of it are missing: nothing certain can be said about them.</summary>
    Lost,

    /// <summary>A later epoch is known: the stream is one that was overtaken.</summary>
    Stale,
}

/// <summary>What to do with a numbered message.</summary>
public enum LaneReceipt
{
    /// <summary>The next one: take it.</summary>
    Next,

    /// <summary>Seen before: settle it as it was settled then.</summary>
    Duplicate,

    /// <summary>One is missing before it, which a correct sender does not do.</summary>
    Gap,
}

/// <summary>
/// The receiving side of one epoch of one lane of one peer's process, over all connections it uses one after the other:
/// which numbers were received and which of those refused. One caller at a time.
/// </summary>
/// <remarks>A refusal is remembered as long as the sender may not know of it: until its window has moved past it. So a
/// connection lost with an acknowledgement in flight changes no message's fate.</remarks>
public sealed class LaneReceiver
{
    private readonly Queue<Refusal> _refused = new();
    private int _window;
    private bool _ended;

    /// <summary>The epoch whose messages are counted; 0 before the first.</summary>
    public ulong Epoch { get; private set; }

    /// <summary>Everything up to this number was received.</summary>
    public ulong Received { get; private set; }

    /// <summary>The sender opens the lane, on a first or another connection.</summary>
    /// <param name="epoch">Its epoch.</param>
    /// <param name="first">The first number that follows.</param>
    /// <param name="window">How many messages the sender may have unsettled.</param>
    public LaneContinuation Open(ulong epoch, ulong first, int window)
    {
        if (epoch < Epoch)
        {
            return LaneContinuation.Stale;
        }

        if (epoch > Epoch)
        {
            if (first != 1)
            {
                return LaneContinuation.Lost;
            }

            if (Epoch != 0)
            {
                throw new InvalidOperationException("A new count needs a new receiver.");
            }

            (Epoch, _window) = (epoch, window);
            return LaneContinuation.New;
        }

        if (first > Received + 1)
        {
            return LaneContinuation.Lost;
        }

        _window = window;
        Forget(first);
        return LaneContinuation.Known;
    }

    /// <summary>Another count has taken this one's place: what still comes for it is not to be handed over.</summary>
    public void End() => _ended = true;

    /// <summary>A message, or what stands for one, has come.</summary>
    public LaneReceipt Take(ulong sequence)
    {
        if (_ended)
        {
            return LaneReceipt.Duplicate;
        }

        if (sequence != Received + 1)
        {
            return sequence <= Received ? LaneReceipt.Duplicate : LaneReceipt.Gap;
        }

        Received = sequence;
        if (Received > (ulong)_window)
        {
            Forget(Received - (ulong)_window + 1);
        }

        return LaneReceipt.Next;
    }

    /// <summary>The message just taken could not be handed over.</summary>
    public void Refuse(RefusalReason reason) => _refused.Enqueue(new Refusal(Received, reason));

    /// <summary>Finds the refusals that an acknowledgement must tell.</summary>
    /// <param name="after">What was acknowledged before.</param>
    /// <param name="refusals">Receives them, the oldest first.</param>
    /// <param name="upTo">The number that may be acknowledged together with them: the last one received, unless more were refused than fit.</param>
    /// <returns>How many there are.</returns>
    public int Refusals(ulong after, Span<Refusal> refusals, out ulong upTo)
    {
        var count = 0;
        upTo = Received;
        foreach (var refusal in _refused)
        {
            if (refusal.Sequence <= after)
            {
                continue;
            }

            if (count == refusals.Length)
            {
                upTo = refusals[count - 1].Sequence;
                break;
            }

            refusals[count++] = refusal;
        }

        return count;
    }

    /// <summary>Everything before <paramref name="first"/> is settled for the sender.</summary>
    private void Forget(ulong first)
    {
        while (_refused.TryPeek(out var refusal) && refusal.Sequence < first)
        {
            _refused.Dequeue();
        }
    }
}
