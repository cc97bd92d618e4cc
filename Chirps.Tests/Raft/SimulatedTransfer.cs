using Chirps.Engine.Membership;
using Chirps.Engine.Time;

namespace Chirps.Tests.Raft;

/// <summary>A snapshot on its way, part by part. It is given up when a part is not answered, and when it arrives damaged it is not taken: the core offers it again.</summary>
internal sealed class SimulatedTransfer(RaftWorld world, SimulatedNode from, MemberId to, ulong group, SeededRandom random)
{
    private const int AttemptsMax = 3;

    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(150);

    private readonly int _parts = 1 + random.Next(5);
    private int _arrived;
    private int _answered;

    /// <summary>Whether the sender is still the one that began it.</summary>
    public required Func<bool> IsAlive { get; init; }

    /// <summary>Called at the receiver, when all parts are there and good.</summary>
    public required Action<SimulatedNode> Complete { get; init; }

    /// <summary>Called at the sender for every answer.</summary>
    public required Action Progressed { get; init; }

    /// <summary>Called at the sender when it is over, well or not.</summary>
    public required Action Ended { get; init; }

    public void Begin() => Attempt(0, 0);

    private void Attempt(int part, int attempt)
    {
        if (attempt == AttemptsMax)
        {
            Ended();
            return;
        }

        world.Send(from, to, group, receiver => Arrive(receiver, part));
        world.At(world.Now + _patience, from, () => Attempt(part, attempt + 1), () => IsAlive() && _answered == part);
    }

    private void Arrive(SimulatedNode receiver, int part)
    {
        if (part == _arrived && ++_arrived == _parts && !(world.IsFaulty && world.Faults.BadSnapshots && random.Next(3) == 0))
        {
            Complete(receiver);
        }

        world.Send(receiver, from.Id, group, _ => Answer(part), IsAlive);
    }

    private void Answer(int part)
    {
        if (part != _answered)
        {
            return;
        }

        Progressed();
        if (++_answered == _parts)
        {
            Ended();
        }
        else
        {
            Attempt(_answered, 0);
        }
    }
}
