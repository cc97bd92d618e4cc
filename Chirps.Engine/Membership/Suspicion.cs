using Chirps.Engine.Time;

namespace Chirps.Engine.Membership;

/// <summary>
/// A running suspicion. It is long at first and gets shorter with each independent accuser (Lifeguard, section IV-B;
/// the logarithm as in memberlist): one slow accuser alone cannot kill quickly.
/// </summary>
internal sealed class Suspicion
{
    private readonly List<MemberId> _accusers = [];
    private readonly TimeSpan _shortest;
    private readonly TimeSpan _longest;
    private readonly int _needed;
    private MeshInstant _start;

    /// <summary>Starts a suspicion.</summary>
    /// <param name="now">When.</param>
    /// <param name="accuser">The first accuser; it does not count as a confirmation.</param>
    /// <param name="shortest">How long with all confirmations.</param>
    /// <param name="longest">How long with none.</param>
    /// <param name="needed">How many confirmations make it shortest; at most as many as there are members that could confirm.</param>
    public Suspicion(MeshInstant now, MemberId accuser, TimeSpan shortest, TimeSpan longest, int needed)
    {
        _start = now;
        _shortest = shortest;
        _longest = longest;
        _needed = needed;
        _accusers.Add(accuser);
    }

    /// <summary>When the member is declared dead, unless it refutes.</summary>
    public MeshInstant Deadline
    {
        get
        {
            if (_needed == 0)
            {
                return _start + _shortest;
            }

            var share = Math.Log(Confirmations + 1) / Math.Log(_needed + 1);
            var total = _longest - ((_longest - _shortest) * share);
            return _start + (total > _shortest ? total : _shortest);
        }
    }

    public int Confirmations => _accusers.Count - 1;

    /// <summary>Who accused first.</summary>
    public MemberId Accuser => _accusers[0];

    /// <summary>Counts an accuser.</summary>
    /// <returns>Whether it is a new one and still counts, and so is worth passing on.</returns>
    public bool Confirm(MemberId accuser)
    {
        if (Confirmations >= _needed || _accusers.Contains(accuser))
        {
            return false;
        }

        _accusers.Add(accuser);
        return true;
    }

    /// <summary>Time in which this node was asleep does not count against anybody.</summary>
    public void Postpone(TimeSpan gap) => _start += gap;
}
