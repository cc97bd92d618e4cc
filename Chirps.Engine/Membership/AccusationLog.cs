using Chirps.Engine.Time;

namespace Chirps.Engine.Membership;

/// <summary>The last accusations of one member. Bounded: the oldest makes room; a suspicion counts no more than K confirmations.</summary>
internal sealed class AccusationLog
{
    /// <summary>How many accusations are kept.</summary>
    public const int Capacity = 8;

    private readonly List<Accusation> _entries = [];

    /// <summary>The accusations, oldest first. Replaced, never changed.</summary>
    public IReadOnlyList<Accusation> Entries => [.. _entries];

    private Accusation? Open => _entries.Count > 0 && _entries[^1].Outcome == AccusationOutcome.Open ? _entries[^1] : null;

    /// <summary>Notes a new suspicion; one that was open has been overtaken by it.</summary>
    public void Begin(MeshInstant now, FactKey key, MemberId? accuser)
    {
        End(now, AccusationOutcome.Refuted, null);
        if (_entries.Count == Capacity)
        {
            _entries.RemoveAt(0);
        }

        _entries.Add(new Accusation(key.Generation, key.Incarnation, accuser, now, [], [], AccusationOutcome.Open, null, null));
    }

    /// <summary>Notes what the helpers of this node's own probe said.</summary>
    public void SetHelpers(IReadOnlyList<HelperAnswer> helpers)
    {
        if (Open is { Helpers.Count: 0 } open)
        {
            _entries[^1] = open with { Helpers = helpers };
        }
    }

    /// <summary>Notes a further accuser.</summary>
    public void Confirm(MeshInstant now, MemberId by, bool isWitness)
    {
        if (Open is { } open)
        {
            _entries[^1] = open with { Confirmations = [.. open.Confirmations, new Confirmation(by, now, isWitness)] };
        }
    }

    /// <summary>Notes a death: the end of the open accusation, or one without a suspicion before it.</summary>
    public void EndOrAdd(MeshInstant now, FactKey key, AccusationOutcome outcome, MemberId? by)
    {
        if (Open is null)
        {
            Begin(now, key, by);
        }

        End(now, outcome, by);
    }

    /// <summary>Notes how the open accusation ended, if there is one.</summary>
    public void End(MeshInstant now, AccusationOutcome outcome, MemberId? by)
    {
        if (Open is { } open)
        {
            _entries[^1] = open with { Outcome = outcome, EndedAt = now, EndedBy = by };
        }
    }
}
