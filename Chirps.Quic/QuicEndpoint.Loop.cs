using Chirps.Quic.Io;
using Chirps.Quic.Native;

namespace Chirps.Quic;

/// <content>The thread: receive, run what was posted, handle timers, sleep.</content>
internal sealed unsafe partial class QuicEndpoint
{
    /// <summary>Longest sleep, in nanoseconds.</summary>
    private const ulong LongSleep = Clock.Second;

    /// <summary>Longest sleep after something happened. Shorter than a probe timeout, so that a caller who sends by itself and
    /// thereby arms one need not wake the thread for it.</summary>
    private const ulong ShortSleep = 20 * Clock.Millisecond;

    /// <summary>A timer may be this late before somebody is woken for it.</summary>
    private const ulong TimerSlack = 200_000;

    private readonly EventDescriptor _wake = new();
    private readonly TimerHeap _timers = new();
    private ReceiveBatch _batch = null!;
    private QuicConnection? _posted;
    private ulong _sleepUntil;
    private volatile bool _stopping;
    private int _threadId;

    /// <summary>Whether the caller is the endpoint's thread, and so may call its owner back.</summary>
    internal bool IsEndpointThread => Environment.CurrentManagedThreadId == _threadId;

    /// <summary>Has the endpoint's thread run a connection soon. Any thread.</summary>
    internal void Post(QuicConnection connection)
    {
        Push(connection);
        if (!IsEndpointThread)
        {
            Interlocked.MemoryBarrier();
            if (Volatile.Read(ref _sleepUntil) != 0)
            {
                Wake();
            }
        }
    }

    /// <summary>Has the endpoint's thread note an earlier timer, waking it only if it would miss it. Any thread.</summary>
    internal void PostTimer(QuicConnection connection, ulong expiry)
    {
        Push(connection);
        Interlocked.MemoryBarrier();
        var sleepUntil = Volatile.Read(ref _sleepUntil);
        if (sleepUntil != 0 && expiry + TimerSlack < sleepUntil)
        {
            Wake();
        }
    }

    private void Push(QuicConnection connection)
    {
        if (!connection.TryMarkPosted())
        {
            return;
        }

        QuicConnection? first;
        do
        {
            first = Volatile.Read(ref _posted);
            connection.NextPosted = first;
        }
        while (Interlocked.CompareExchange(ref _posted, connection, first) != first);
    }

    private void Wake()
    {
        Volatile.Write(ref _sleepUntil, 0); // one waker is enough
        _wake.Signal();
    }

    private void RunThread()
    {
        _threadId = Environment.CurrentManagedThreadId;
        _ = Libc.ProcessControl(Libc.SetTimerSlack, 1, 0, 0, 0); // pacing asks for sleeps far below the default slack of 50 µs
        _batch = new ReceiveBatch(Socket);
        try
        {
            while (!_stopping)
            {
                Turn();
            }
        }
        catch (Exception e)
        {
            _stopping = true;
            LogCrashed(_logger, e);
        }

        ShutDown();
    }

    private void Turn()
    {
        var received = ReceivePackets();
        var worked = RunPosted() | RunTimers() | (received > 0);
        if (received != ReceiveBatch.Capacity && Volatile.Read(ref _posted) == null)
        {
            Sleep(worked);
        }
    }

    private bool RunPosted()
    {
        var connection = Interlocked.Exchange(ref _posted, null);
        var any = connection != null;
        while (connection != null)
        {
            var next = connection.NextPosted;
            connection.NextPosted = null;
            connection.ClearPosted();
            connection.Pump();
            UpdateTimer(connection);
            connection = next;
        }

        return any;
    }

    private bool RunTimers()
    {
        var now = Clock.Now;
        var any = false;
        while (_timers.Next <= now)
        {
            any = true;
            var connection = _timers.First;
            connection.HandleTimer(now);
            UpdateTimer(connection);
            if (connection.TimerKey <= now)
            {
                _timers.Set(connection, now + 1); // due again at once: others first
            }
        }

        return any;
    }

    private void UpdateTimer(QuicConnection connection)
    {
        ulong expiry;
        do
        {
            expiry = connection.Expiry;
            _timers.Set(connection, expiry);
            Interlocked.MemoryBarrier();
        }
        while (connection.Expiry < expiry); // a caller moved it and still saw the old key
    }

    private void Sleep(bool worked)
    {
        var now = Clock.Now;
        var until = Math.Min(_timers.Next, now + (worked ? ShortSleep : LongSleep));
        if (until <= now)
        {
            return;
        }

        Volatile.Write(ref _sleepUntil, until);
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _posted) == null && !_stopping)
        {
            var descriptors = stackalloc PollDescriptor[2];
            descriptors[0] = new PollDescriptor { Descriptor = Socket.Descriptor, Events = Libc.PollIn };
            descriptors[1] = new PollDescriptor { Descriptor = _wake.Descriptor, Events = Libc.PollIn };
            TimeSpec timeout;
            timeout.Seconds = (long)((until - now) / Clock.Second);
            timeout.Nanoseconds = (long)((until - now) % Clock.Second);
            _ = Libc.Poll(descriptors, 2, &timeout, null);
            if ((descriptors[1].Returned & Libc.PollIn) != 0)
            {
                _wake.Clear();
            }
        }

        Volatile.Write(ref _sleepUntil, 0);
    }
}
