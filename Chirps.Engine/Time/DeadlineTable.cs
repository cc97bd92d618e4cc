using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Chirps.Engine.Time;

/// <summary>All deadlines of one machine: one slot for each value of an enum.</summary>
/// <remarks>A deadline that is not in the enum does not exist; there are no timer objects. Setting a slot again replaces it, so a late timer of an earlier purpose cannot fire.</remarks>
/// <typeparam name="TDeadline">An enum over <see cref="byte"/> whose values count up from zero.</typeparam>
internal sealed class DeadlineTable<TDeadline>
    where TDeadline : unmanaged, Enum
{
    private const long Stopped = long.MaxValue;

    private readonly long[] _slots;

    /// <summary>Creates a table with every deadline stopped.</summary>
    public DeadlineTable()
    {
        if (Unsafe.SizeOf<TDeadline>() != sizeof(byte))
        {
            throw new UnreachableException($"{typeof(TDeadline).Name} must be an enum over byte");
        }

        _slots = new long[Enum.GetValues<TDeadline>().Length];
        Array.Fill(_slots, Stopped);
    }

    /// <summary>The earliest deadline, or <see langword="null"/> when all are stopped.</summary>
    public MeshInstant? Next
    {
        get
        {
            var earliest = Stopped;
            foreach (var slot in _slots)
            {
                earliest = Math.Min(earliest, slot);
            }

            return earliest == Stopped ? null : new MeshInstant(earliest);
        }
    }

    /// <summary>The instant of one deadline, or <see langword="null"/> when it is stopped.</summary>
    /// <param name="deadline">Which.</param>
    public MeshInstant? this[TDeadline deadline]
    {
        get
        {
            var slot = _slots[Index(deadline)];
            return slot == Stopped ? null : new MeshInstant(slot);
        }
    }

    /// <summary>Sets a deadline, replacing what it was.</summary>
    /// <param name="deadline">Which.</param>
    /// <param name="at">When it is due.</param>
    public void Set(TDeadline deadline, MeshInstant at) => _slots[Index(deadline)] = at.Nanoseconds;

    /// <summary>Sets a deadline, or stops it when there is no instant.</summary>
    /// <param name="deadline">Which.</param>
    /// <param name="at">When it is due, if ever.</param>
    public void Set(TDeadline deadline, MeshInstant? at) => _slots[Index(deadline)] = at?.Nanoseconds ?? Stopped;

    /// <summary>Stops a deadline.</summary>
    /// <param name="deadline">Which.</param>
    public void Stop(TDeadline deadline) => _slots[Index(deadline)] = Stopped;

    /// <summary>Takes a deadline that is due: it is stopped and must be set again.</summary>
    /// <param name="deadline">Which.</param>
    /// <param name="now">The present instant.</param>
    /// <returns>Whether it was due.</returns>
    public bool TakeIfDue(TDeadline deadline, MeshInstant now)
    {
        ref var slot = ref _slots[Index(deadline)];
        if (slot == Stopped || slot > now.Nanoseconds)
        {
            return false;
        }

        slot = Stopped;
        return true;
    }

    private static int Index(TDeadline deadline) => Unsafe.As<TDeadline, byte>(ref deadline);
}
