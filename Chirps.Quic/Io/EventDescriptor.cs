using System.Runtime.InteropServices;
using Chirps.Quic.Native;
using Microsoft.Win32.SafeHandles;

namespace Chirps.Quic.Io;

/// <summary>An <c>eventfd</c> that wakes a thread waiting in <c>ppoll</c>.</summary>
/// <remarks>Owned by a safe handle: a thread that signals late must never write into a descriptor closed and reused meanwhile.</remarks>
internal sealed unsafe class EventDescriptor : SafeHandleMinusOneIsInvalid
{
    public EventDescriptor()
        : base(ownsHandle: true)
    {
        var descriptor = Libc.EventDescriptor(0, Libc.EventNonBlocking | Libc.EventCloseOnExec);
        if (descriptor < 0)
        {
            throw new InvalidOperationException($"eventfd failed with errno {Marshal.GetLastPInvokeError()}.");
        }

        SetHandle(descriptor);
    }

    /// <summary>For the one thread that waits on it and disposes it.</summary>
    public int Descriptor => (int)handle;

    /// <summary>Wakes the waiter; does nothing once disposed. Any thread.</summary>
    public void Signal()
    {
        var held = false;
        try
        {
            DangerousAddRef(ref held);
            ulong one = 1;
            _ = Libc.Write((int)handle, &one, sizeof(ulong));
        }
        catch (ObjectDisposedException)
        {
        }
        finally
        {
            if (held)
            {
                DangerousRelease();
            }
        }
    }

    /// <summary>Takes the signals received so far.</summary>
    public void Clear()
    {
        ulong count;
        _ = Libc.Read((int)handle, &count, sizeof(ulong));
    }

    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;
}
