using Chirps.Engine.Time;

namespace Chirps.Engine.Detection;

/// <summary>When fresh heartbeats of one process arrived, by any path.</summary>
/// <remarks>
/// chitchat's model: the mean of about the last hundred intervals, with a prior that counts as five. A heartbeat not newer than the last is no
/// arrival; an interval that is far too long (the member was away) or far too short (a burst after a pause, akka.net #4849) is not counted.
/// </remarks>
internal sealed class HeartbeatHistory
{
    private const int Window = 100;
    private const int PriorWeight = 5;
    private const double ShortestShare = 0.05;
    private const double LongestShare = 20;

    private double _sum;
    private int _count;
    private uint _heartbeat;
    private MeshInstant? _last;

    /// <summary>The newest heartbeat.</summary>
    public uint Heartbeat => _heartbeat;

    /// <summary>Notes a heartbeat.</summary>
    /// <param name="now">The present instant.</param>
    /// <param name="heartbeat">The sender's count of its periods.</param>
    /// <param name="expected">The interval expected; outliers are judged by it.</param>
    /// <param name="counts">Whether the interval may enter the mean: not when the member was taken for gone.</param>
    public void Hear(MeshInstant now, uint heartbeat, TimeSpan expected, bool counts)
    {
        if (_last is not null && heartbeat <= _heartbeat)
        {
            return;
        }

        if (_last is { } before && counts && now - before >= expected * ShortestShare && now - before <= expected * LongestShare)
        {
            Add((now - before).TotalSeconds);
        }

        _heartbeat = heartbeat;
        _last = now;
    }

    /// <summary>Takes another sign of life, such as a refutation, for an arrival.</summary>
    public void Renew(MeshInstant now) => _last = now;

    /// <summary>Takes time during which this process did not run out of the account.</summary>
    public void Excuse(TimeSpan gap) => _last += gap;

    /// <summary>Forgets everything: another process begins.</summary>
    public void Clear()
    {
        _sum = 0;
        _count = 0;
        _heartbeat = 0;
        _last = null;
    }

    /// <summary>The time since the last arrival, less the pause allowed, in units of the mean interval; zero before the first arrival.</summary>
    /// <remarks>chitchat's ratio: the phi of an exponential model is this divided by ln 10.</remarks>
    public double Phi(MeshInstant now, TimeSpan expected, TimeSpan pause)
    {
        var mean = (_sum + (PriorWeight * expected.TotalSeconds)) / (_count + PriorWeight);
        return _last is { } last && now - last > pause ? (now - last - pause).TotalSeconds / mean : 0;
    }

    private void Add(double seconds)
    {
        // A full window forgets an average interval for each new one: one number instead of a hundred for each pair of members.
        if (_count == Window)
        {
            _sum -= _sum / Window;
        }
        else
        {
            _count++;
        }

        _sum += seconds;
    }
}
