using Chirps.Engine.Time;

namespace Chirps.Engine.Membership;

/// <content>Doubting oneself: what a slow process must not conclude about the others.</content>
public sealed partial class SwimEngine
{
    /// <summary>Takes evidence that this process itself is slow: it then doubts its own findings, and accuses nobody for a period.</summary>
    /// <remarks>
    /// One point of local health for a timer more than a period late, one for a pause of the garbage collector longer than the
    /// RTT timeout, and one for each whole second of delay in the thread pool (Orleans weighs the same evidence).
    /// </remarks>
    /// <param name="now">The present instant.</param>
    /// <param name="pressure">What was noticed since the last call.</param>
    public void Observe(MeshInstant now, RuntimePressure pressure)
    {
        now = Enter(now);
        var slept = (pressure.TimerDelay > _settings.Period ? 1 : 0) + (pressure.GcPause > _settings.RttTimeout ? 1 : 0);
        var points = slept + (int)Math.Clamp(pressure.PoolDelay.TotalSeconds, 0, _settings.LocalHealthMax);
        if (points == 0)
        {
            return;
        }

        _counters.RuntimePressures++;
        _health.RuntimeSlow(points);
        if (slept > 0)
        {
            KeepQuiet(now);
        }

        ArmSuspicion();
    }

    /// <summary>Begins every input: instants never go back, and an absence is noticed before anything is judged.</summary>
    private MeshInstant Enter(MeshInstant now)
    {
        _now = MeshInstant.Max(_now, now);
        if (_deadlines[SwimDeadline.ProbeRound] is not { } due || _now - due <= _settings.Period)
        {
            return _now;
        }

        if (_now - due > _settings.Period * 2)
        {
            ReturnFromAbsence(_now, _now - due);
        }
        else if (due != _lateRound)
        {
            _lateRound = due;
            _counters.LateTimers++;
            _health.RuntimeSlow(1);
            KeepQuiet(_now);
        }

        return _now;
    }

    /// <summary>No verdict of this node's own for a period: neither from the probe that runs nor from a suspicion that ends.</summary>
    private void KeepQuiet(MeshInstant now)
    {
        _quietUntil = now + _health.Scale(_settings.Period);
        for (var index = 0; index < _members.Suspects.Count; index++)
        {
            _members.Suspects[index].Suspicion!.Postpone(TimeSpan.Zero, _quietUntil);
        }

        ArmSuspicion();
    }

    /// <summary>This process did not run for a while: whatever did not arrive meanwhile says nothing about the others.</summary>
    private void ReturnFromAbsence(MeshInstant now, TimeSpan gap)
    {
        _counters.LateTimers++;
        _health.RuntimeSlow(1);
        _probe.Abandon();
        _helped.Clear();
        _deadlines.Stop(SwimDeadline.IndirectProbe);
        _deadlines.Stop(SwimDeadline.HelpedProbe);
        _deadlines.Set(SwimDeadline.ProbeRound, now + _health.Scale(_settings.Period));
        for (var index = 0; index < _members.Suspects.Count; index++)
        {
            _members.Suspects[index].Suspicion!.Postpone(gap, now);
        }

        for (var index = 0; index < _members.Count; index++)
        {
            _members.Records[index].Heartbeats.Excuse(gap);
        }

        KeepQuiet(now);
    }
}
