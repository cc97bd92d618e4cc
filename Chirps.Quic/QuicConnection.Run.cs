using Chirps.Quic.Native;

namespace Chirps.Quic;

/// <content>The combining lock, and what its holder does.</content>
internal sealed unsafe partial class QuicConnection
{
    /// <summary>A caller that writes again within this many nanoseconds leaves sending to the endpoint's thread, which batches;
    /// one that comes later sends by itself, which saves a thread switch.</summary>
    private const ulong BurstGap = 5_000;

    private readonly Lock _gate = new();
    private readonly Lock _statisticsLock = new();
    private NgConnectionInfo _info;
    private ulong _infoTime;
    private int _work;
    private int _posted;
    private ulong _lastSignal;
    private ulong _lastTime;
    private ulong _expiry = ulong.MaxValue;
    private ulong _timerKey = ulong.MaxValue;
    private int _failure;

    /// <summary>Link of the endpoint's list of posted connections.</summary>
    internal QuicConnection? NextPosted { get; set; }

    /// <summary>Packets of the current receive batch went to this connection, so that it will run anyway. Endpoint's thread only.</summary>
    internal bool InBatch { get; set; }

    /// <summary>When the connection needs its timer handled, in nanoseconds of <see cref="Clock.Now"/>.</summary>
    internal ulong Expiry => Volatile.Read(ref _expiry);

    /// <summary>The time under which <see cref="TimerHeap"/> holds the connection.</summary>
    internal ulong TimerKey
    {
        get => Volatile.Read(ref _timerKey);
        set => Volatile.Write(ref _timerKey, value);
    }

    internal int TimerIndex { get; set; } = -1;

    internal bool TryMarkPosted() => Interlocked.Exchange(ref _posted, 1) == 0;

    internal void ClearPosted() => Interlocked.Exchange(ref _posted, 0);

    /// <summary>Says that there is something to do, and does it if that is cheap. Never waits.</summary>
    internal void Signal()
    {
        Volatile.Write(ref _work, 1);
        if (_endpoint.IsEndpointThread)
        {
            if (!InBatch)
            {
                _endpoint.Post(this);
            }

            return;
        }

        var now = Clock.Now;
        var previous = Volatile.Read(ref _lastSignal);
        Volatile.Write(ref _lastSignal, now);
        if (_phase != ConnectionPhase.Open || now - previous < BurstGap)
        {
            _endpoint.Post(this);
            return;
        }

        Pump();
    }

    /// <summary>Does the work that waits, if nobody else is at it; who is will see the flag after letting go.</summary>
    internal void Pump()
    {
        Interlocked.MemoryBarrier();
        while (Volatile.Read(ref _work) != 0 && _phase != ConnectionPhase.Dead && _gate.TryEnter())
        {
            RunResult result;
            try
            {
                result = Run();
            }
            finally
            {
                _gate.Exit();
            }

            if (result == RunResult.HandOver)
            {
                Volatile.Write(ref _work, 1);
                _endpoint.Post(this);
                return;
            }
        }
    }

    /// <summary>One turn under the gate: at most one send quantum.</summary>
    private RunResult Run()
    {
        RunResult result;
        do
        {
            Interlocked.Exchange(ref _work, 0);
            if (_phase >= ConnectionPhase.Closing)
            {
                return RunResult.Idle;
            }

            var now = Advance(Clock.Now);
            if (_failure != 0 || _closeRequest != null || _closedStreams != null)
            {
                if (!_endpoint.IsEndpointThread)
                {
                    return RunResult.HandOver; // callbacks follow, and those belong to the endpoint's thread
                }

                ReportClosedStreams();
                if (_failure != 0)
                {
                    Fail(_failure, now);
                    return RunResult.Idle;
                }

                if (_closeRequest is { } request)
                {
                    CloseByRequest(request, now);
                    return RunResult.Idle;
                }
            }

            if (_tlsEnded && _phase == ConnectionPhase.Open)
            {
                FreeSession();
            }

            OpenWaiting();
            DrainDirty();
            result = Transmit(now);
            PublishInfo(now);
        }
        while (result == RunResult.Idle && Volatile.Read(ref _work) != 0);

        SetExpiry(Ngtcp2.GetExpiry(_native));
        return result;
    }

    /// <summary>ngtcp2 aborts the process when time runs backwards on a connection: it is taken under the gate and only grows.</summary>
    private ulong Advance(ulong now) => _lastTime = Math.Max(_lastTime, now);

    private void SetExpiry(ulong expiry)
    {
        Volatile.Write(ref _expiry, expiry);
        if (!_endpoint.IsEndpointThread)
        {
            Interlocked.MemoryBarrier();
            if (expiry < TimerKey)
            {
                _endpoint.PostTimer(this, expiry);
            }
        }
    }

    private void PublishInfo(ulong now)
    {
        if (now - _infoTime < Clock.Millisecond)
        {
            return;
        }

        _infoTime = now;
        NgConnectionInfo info;
        Ngtcp2.GetConnectionInfo(_native, Ngtcp2.ConnectionInfoVersion, &info);
        lock (_statisticsLock)
        {
            _info = info;
        }
    }
}
