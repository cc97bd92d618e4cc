namespace Chirps.Engine.Membership;

/// <summary>Who has acknowledged this node's leave.</summary>
internal sealed class LeaveProgress
{
    private readonly List<MemberRecord> _acknowledged = [];

    /// <summary>Whether the leave has begun.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Whether enough members know, or the time is over.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>The number acknowledgements repeat.</summary>
    public uint Sequence { get; private set; }

    /// <summary>How many acknowledgements are still wanted.</summary>
    public int Missing { get; private set; }

    /// <summary>Begins the leave.</summary>
    /// <param name="sequence">The number acknowledgements repeat.</param>
    /// <param name="wanted">How many are wanted; zero ends the leave at once.</param>
    public void Begin(uint sequence, int wanted)
    {
        HasBegun = true;
        Sequence = sequence;
        Missing = wanted;
        HasEnded = wanted == 0;
    }

    /// <summary>Counts an acknowledgement, once for each member.</summary>
    /// <returns>Whether it belongs to the leave.</returns>
    public bool TryAcknowledge(uint sequence, MemberRecord member)
    {
        if (!HasBegun || sequence != Sequence)
        {
            return false;
        }

        if (!_acknowledged.Contains(member))
        {
            _acknowledged.Add(member);
            Missing--;
            HasEnded |= Missing <= 0;
        }

        return true;
    }

    /// <summary>Whether a member has acknowledged.</summary>
    public bool Knows(MemberRecord member) => _acknowledged.Contains(member);

    /// <summary>Ends the leave without waiting further.</summary>
    public void End() => HasEnded = true;
}
