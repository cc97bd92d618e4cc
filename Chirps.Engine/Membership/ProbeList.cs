using Chirps.Engine.Time;

namespace Chirps.Engine.Membership;

/// <summary>Whom to probe next: every member once per round, each round in a new random order.</summary>
/// <remarks>
/// SWIM paper, section 4.3: round-robin over a shuffled list bounds the time between two probes of one member to 2n-1 periods,
/// which drawing at random each period does not. A new member enters at a uniformly random position.
/// Members about whom there is other evidence (a lost connection, a failed probe on behalf of another) go first.
/// </remarks>
/// <param name="random">Chance.</param>
internal sealed class ProbeList(SeededRandom random)
{
    /// <summary>The most members that wait to be probed out of turn.</summary>
    public const int UrgentMax = 16;

    private readonly List<MemberRecord> _order = [];
    private readonly List<MemberRecord> _urgent = new(UrgentMax);
    private int _cursor;

    /// <summary>Whether somebody waits to be probed out of turn.</summary>
    public bool HasUrgent => _urgent.Count > 0;

    /// <summary>How many members are in the list.</summary>
    public int Count => _order.Count;

    /// <summary>Adds a member at a random position.</summary>
    public void Add(MemberRecord member)
    {
        _order.Add(member);
        var position = random.Next(_order.Count);
        (_order[position], _order[^1]) = (_order[^1], _order[position]);
    }

    /// <summary>Removes a member.</summary>
    public void Remove(MemberRecord member)
    {
        _urgent.Remove(member);
        var position = _order.IndexOf(member);
        if (position >= 0)
        {
            _order.RemoveAt(position);
            _cursor -= position < _cursor ? 1 : 0;
        }
    }

    /// <summary>Puts a member before all others, once.</summary>
    /// <returns>Whether it waits now and did not before.</returns>
    public bool TryHasten(MemberRecord member)
    {
        if (_urgent.Count >= UrgentMax || _urgent.Contains(member))
        {
            return false;
        }

        _urgent.Add(member);
        return true;
    }

    /// <summary>Takes the next member that is alive or suspect.</summary>
    /// <param name="wrapped">Whether the round ended and the order was drawn anew: the time to reap.</param>
    /// <returns>The member, or <see langword="null"/> when there is none to probe.</returns>
    public MemberRecord? Next(out bool wrapped)
    {
        wrapped = false;
        if (NextUrgent() is { } urgent)
        {
            return urgent;
        }

        // Count what is considered: every entry may be one to skip.
        for (var considered = 0; considered < _order.Count; considered++)
        {
            if (_cursor >= _order.Count)
            {
                random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_order));
                _cursor = 0;
                wrapped = true;
            }

            var member = _order[_cursor++];
            if (member.IsPresent)
            {
                return member;
            }
        }

        wrapped |= _order.Count > 0;
        return null;
    }

    /// <summary>Takes the next member that waits out of turn.</summary>
    /// <returns>The member, or <see langword="null"/> when none waits.</returns>
    public MemberRecord? NextUrgent()
    {
        while (_urgent.Count > 0)
        {
            var hastened = _urgent[0];
            _urgent.RemoveAt(0);
            if (hastened.IsPresent)
            {
                return hastened;
            }
        }

        return null;
    }
}
