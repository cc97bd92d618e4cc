using System.Runtime.CompilerServices;

namespace Chirps.Engine.Time;

/// <summary>One deadline per value of an enum. A deadline that is not in the enum does not exist.</summary>
/// <typeparam name="TDeadline">An enum of small values from 0.</typeparam>
internal sealed class DeadlineTable<TDeadline>
    where TDeadline : unmanaged, Enum
{
    private readonly MeshInstant?[] _due = new MeshInstant?[Enum.GetValues<TDeadline>().Length];

    /// <summary>The earliest of all; <see langword="null"/> when none is set.</summary>
    public MeshInstant? Next
    {
        get
        {
            MeshInstant? next = null;
            foreach (var due in _due)
            {
                if (due is { } instant && (next is null || instant < next))
                {
                    next = instant;
                }
            }

            return next;
        }
    }

    public MeshInstant? this[TDeadline deadline] => _due[Index(deadline)];

    public void Set(TDeadline deadline, MeshInstant due) => _due[Index(deadline)] = due;

    public void Stop(TDeadline deadline) => _due[Index(deadline)] = null;

    /// <summary>Takes a deadline that has come; it is no longer set then.</summary>
    public bool TakeIfDue(TDeadline deadline, MeshInstant now)
    {
        if (_due[Index(deadline)] is not { } due || due > now)
        {
            return false;
        }

        Stop(deadline);
        return true;
    }

    private static int Index(TDeadline deadline) => Unsafe.SizeOf<TDeadline>() == 1 ? Unsafe.BitCast<TDeadline, byte>(deadline) : Unsafe.BitCast<TDeadline, int>(deadline);
}
