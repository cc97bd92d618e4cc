using Chirps.Engine.Time;

namespace Chirps.Engine.Membership;

/// <summary>One suspicion: it lasts long while a single member accuses and gets shorter with every independent accuser.</summary>
/// <remarks>
/// Lifeguard paper (Dadgar, Phillips, Currey 2017), "dynamic suspicion timeouts"; the formula is memberlist's. With c of K
/// confirmations it lasts <c>max - log(c+1)/log(K+1) * (max - min)</c>, floored to whole milliseconds and never below min.
/// A new incarnation of the suspect starts a new instance, so an expiry can never hit a suspect that refuted.
/// </remarks>
internal sealed class Suspicion
{
    /// <summary>How often a suspect is asked for its own word: at two, three and four fifths of the time. Two still let one live member in 50 minutes die among 30 that lose a fifth of their datagrams.</summary>
    public const int CallsMax = 3;

    private readonly MemberRecord?[] _accusers;
    private readonly TimeSpan _min;
    private readonly TimeSpan _max;
    private int _accuserCount;
    private int _calls;
    private MeshInstant _start;

    /// <summary>Starts a suspicion.</summary>
    /// <param name="now">The present instant.</param>
    /// <param name="accuser">The first accuser, who does not count as a confirmation; <see langword="null"/> when unknown.</param>
    /// <param name="confirmationsMax">K; zero makes the suspicion last the minimum from the start.</param>
    /// <param name="min">The shortest duration.</param>
    /// <param name="max">The longest duration.</param>
    public Suspicion(MeshInstant now, MemberRecord? accuser, int confirmationsMax, TimeSpan min, TimeSpan max)
    {
        ConfirmationsMax = confirmationsMax;
        _accusers = new MemberRecord?[confirmationsMax + 1];
        _accusers[0] = accuser;
        _accuserCount = 1;
        _min = min;
        _max = max;
        _start = now;
    }

    /// <summary>K: after so many confirmations further ones change nothing.</summary>
    public int ConfirmationsMax { get; }

    /// <summary>c: independent accusers after the first.</summary>
    public int Confirmations => _accuserCount - 1;

    /// <summary>Who accused first, where known.</summary>
    public MemberRecord? FirstAccuser => _accusers[0];

    /// <summary>When the suspect is declared dead unless it refutes.</summary>
    public MeshInstant Deadline => _start + Duration;

    /// <summary>The same for a node that has reason to doubt itself: it hears refutations late, too, and waits twice as long.</summary>
    public MeshInstant DoubtfulDeadline => _start + (Duration * 2);

    /// <summary>When to ask the suspect itself once more, before the end; <see langword="null"/> when that was done often enough.</summary>
    public MeshInstant? NextCall => _calls < CallsMax ? _start + (Duration * ((_calls + 2.0) / (CallsMax + 2))) : null;

    private TimeSpan Duration
    {
        get
        {
            if (ConfirmationsMax == 0)
            {
                return _min;
            }

            var share = Math.Log(Confirmations + 1) / Math.Log(ConfirmationsMax + 1);
            var total = TimeSpan.FromMilliseconds(Math.Floor((_max - (share * (_max - _min))).TotalMilliseconds));
            return total < _min ? _min : total;
        }
    }

    /// <summary>Whether a member has accused already.</summary>
    public bool IsAccusedBy(MemberRecord accuser) => _accusers.AsSpan(0, _accuserCount).Contains(accuser);

    /// <summary>Counts another accuser.</summary>
    /// <returns>Whether it was new and changed the deadline; only then is the accusation passed on.</returns>
    public bool TryConfirm(MemberRecord accuser)
    {
        if (Confirmations >= ConfirmationsMax || IsAccusedBy(accuser))
        {
            return false;
        }

        _accusers[_accuserCount++] = accuser;
        return true;
    }

    /// <summary>Whether the suspect was asked at all: a late confirmation can end the time before the first call.</summary>
    public bool WasCalled => _calls > 0;

    /// <summary>Notes that the suspect was asked.</summary>
    public void Called() => _calls++;

    /// <summary>Takes a gap during which this process did not run out of the elapsed time, and leaves at least some time from now on.</summary>
    /// <param name="gap">How long the process did not run.</param>
    /// <param name="notBefore">The earliest instant the suspicion may end at.</param>
    public void Postpone(TimeSpan gap, MeshInstant notBefore)
    {
        _start += gap;
        if (Deadline < notBefore)
        {
            _start += notBefore - Deadline;
        }
    }
}
