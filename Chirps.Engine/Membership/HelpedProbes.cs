using Chirps.Engine.Time;

namespace Chirps.Engine.Membership;

/// <summary>The probes this node runs for others. Bounded; requests beyond the limit are refused.</summary>
/// <param name="capacity">The most that run at once.</param>
internal sealed class HelpedProbes(int capacity)
{
    private readonly HelpedProbe[] _probes = new HelpedProbe[capacity];

    /// <summary>How many run.</summary>
    public int Count { get; private set; }

    /// <summary>When something is due: a nack or an expiry.</summary>
    public MeshInstant? Next
    {
        get
        {
            MeshInstant? next = null;
            foreach (ref readonly var probe in _probes.AsSpan(0, Count))
            {
                var due = probe.Nacked ? probe.Expires : probe.NackAt;
                next = next is { } earliest && earliest <= due ? earliest : due;
            }

            return next;
        }
    }

    /// <summary>Adds a probe.</summary>
    /// <returns><see langword="false"/>, with nothing changed, when too many run.</returns>
    public bool TryAdd(in HelpedProbe probe)
    {
        if (Count == capacity)
        {
            return false;
        }

        _probes[Count++] = probe;
        return true;
    }

    /// <summary>Takes the probe an ack answers.</summary>
    public bool TryTake(uint sequence, ReadOnlySpan<byte> sender, Generation generation, out HelpedProbe probe)
    {
        for (var index = 0; index < Count; index++)
        {
            probe = _probes[index];
            if (probe.Sequence == sequence && probe.Target.Is(sender) && probe.TargetGeneration == generation)
            {
                RemoveAt(index);
                return true;
            }
        }

        probe = default;
        return false;
    }

    /// <summary>Takes, one call at a time, each probe whose nack is due, and drops the expired ones on the way.</summary>
    public bool TryTakeNack(MeshInstant now, out HelpedProbe probe)
    {
        for (var index = Count - 1; index >= 0; index--)
        {
            probe = _probes[index];
            if (!probe.Nacked && probe.NackAt <= now)
            {
                _probes[index] = probe with { Nacked = true };
                return true;
            }

            if (probe.Expires <= now)
            {
                RemoveAt(index);
            }
        }

        probe = default;
        return false;
    }

    /// <summary>Forgets all of them: this process did not run for a while.</summary>
    public void Clear() => Count = 0;

    private void RemoveAt(int index)
    {
        _probes[index] = _probes[--Count];
        _probes[Count] = default;
    }
}
