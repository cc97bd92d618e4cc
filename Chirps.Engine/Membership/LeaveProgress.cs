namespace Chirps.Engine.Membership;

/// <summary>Who has acknowledged this node's leave.</summary>
internal sealed class LeaveProgress
{
    /// <summary>After so many announcements enough acknowledgements are enough: those that are missing belong to members that are gone.</summary>
    public const int RoundsMax = 3;

    private readonly HashSet<MemberRecord> _acknowledged = [];
    private int _wanted;
    private int _enough;
    private int _rounds;

    /// <summary>Whether the leave has begun.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Whether everybody knows, or enough members do and the rest does not answer, or the time is over.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>The number acknowledgements repeat.</summary>
    public uint Sequence { get; private set; }

    /// <summary>Begins the leave.</summary>
    /// <param name="sequence">The number acknowledgements repeat.</param>
    /// <param name="wanted">How many members there are to tell; zero ends the leave at once.</param>
    /// <param name="enough">How many must have acknowledged.</param>
    public void Begin(uint sequence, int wanted, int enough)
    {
        HasBegun = true;
        Sequence = sequence;
        _wanted = wanted;
        _enough = enough;
        HasEnded = wanted == 0;
    }

    /// <summary>Notes another announcement to all that have not acknowledged.</summary>
    public void Announced()
    {
        _rounds++;
        Check();
    }

    /// <summary>Counts an acknowledgement, once for each member.</summary>
    /// <returns>Whether it belongs to the leave.</returns>
    public bool TryAcknowledge(uint sequence, MemberRecord member)
    {
        if (!HasBegun || sequence != Sequence)
        {
            return false;
        }

        _acknowledged.Add(member);
        Check();
        return true;
    }

    /// <summary>Whether a member has acknowledged.</summary>
    public bool Knows(MemberRecord member) => _acknowledged.Contains(member);

    /// <summary>Ends the leave without waiting further.</summary>
    public void End() => HasEnded = true;

    private void Check() => HasEnded |= _acknowledged.Count >= _wanted || (_acknowledged.Count >= _enough && _rounds > RoundsMax);
}
