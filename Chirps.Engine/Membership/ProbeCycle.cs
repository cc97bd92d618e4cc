using Chirps.Engine.Time;

namespace Chirps.Engine.Membership;

/// <summary>The probe of one period: a ping, then requests to others, then the verdict.</summary>
/// <remarks>SWIM paper, section 3.1, with Lifeguard's nacks. Only one probe runs at a time; answers to earlier numbers do not match.</remarks>
/// <param name="helpersMax">k: the most members asked to probe too.</param>
internal sealed class ProbeCycle(int helpersMax)
{
    private readonly MemberRecord?[] _helpers = new MemberRecord?[helpersMax];
    private readonly bool[] _nacked = new bool[helpersMax];
    private MeshInstant _start;

    /// <summary>Whom; <see langword="null"/> when no probe runs.</summary>
    public MemberRecord? Target { get; private set; }

    /// <summary>What was known of the target when the probe began: the suspicion will be about that incarnation.</summary>
    public FactKey KeyAtStart { get; private set; }

    /// <summary>The number answers must repeat.</summary>
    public uint Sequence { get; private set; }

    /// <summary>Whether others have been asked.</summary>
    public bool IsIndirect { get; private set; }

    /// <summary>How many others were asked.</summary>
    public int HelperCount { get; private set; }

    /// <summary>How many of them reported no ack.</summary>
    public int NackCount { get; private set; }

    /// <summary>When it began.</summary>
    public MeshInstant Start => _start;

    /// <summary>Begins a probe; an earlier one is forgotten.</summary>
    public void Begin(MeshInstant now, MemberRecord target, uint sequence)
    {
        Target = target;
        KeyAtStart = target.Key;
        Sequence = sequence;
        IsIndirect = false;
        HelperCount = 0;
        NackCount = 0;
        _start = now;
    }

    /// <summary>Marks that the direct answer did not come in time.</summary>
    public void BecomeIndirect() => IsIndirect = true;

    /// <summary>Notes a member asked to probe too.</summary>
    public void AddHelper(MemberRecord helper)
    {
        _helpers[HelperCount] = helper;
        _nacked[HelperCount++] = false;
    }

    /// <summary>Whether an ack ends the probe: right number, from the process addressed or from a member asked.</summary>
    public bool IsAnsweredBy(uint sequence, MemberRecord sender) =>
        Target is not null && sequence == Sequence && (sender == Target || IndexOf(sender) >= 0);

    /// <summary>Counts a nack from a member that was asked, once.</summary>
    /// <returns>Whether it counted.</returns>
    public bool TryNack(uint sequence, MemberRecord sender)
    {
        var helper = Target is not null && sequence == Sequence ? IndexOf(sender) : -1;
        if (helper < 0 || _nacked[helper])
        {
            return false;
        }

        _nacked[helper] = true;
        NackCount++;
        return true;
    }

    /// <summary>Whom this node asked, and whether they reported no answer. Valid until the next probe begins.</summary>
    public (MemberRecord Helper, bool Nacked) HelperAt(int index) => (_helpers[index]!, _nacked[index]);

    /// <summary>Ends the probe.</summary>
    /// <param name="now">The present instant.</param>
    /// <param name="succeeded">Whether an ack came.</param>
    /// <returns>The report, for metrics.</returns>
    public ProbeReport End(MeshInstant now, bool succeeded)
    {
        var report = new ProbeReport(
            Target?.Id ?? default, succeeded, IsIndirect, succeeded ? now - _start : TimeSpan.Zero, HelperCount, NackCount);
        Target = null;
        return report;
    }

    /// <summary>Forgets the probe without a verdict.</summary>
    public void Abandon() => Target = null;

    private int IndexOf(MemberRecord helper) => Array.IndexOf(_helpers, helper, 0, HelperCount);
}
