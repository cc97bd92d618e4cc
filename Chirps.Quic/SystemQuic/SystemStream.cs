using System.Runtime.Versioning;
using NetStream = System.Net.Quic.QuicStream;

namespace Chirps.Quic.SystemQuic;

/// <summary>One stream: any thread writes into its buffer, the loop sends from it and reads.</summary>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
[SupportedOSPlatform("windows")]
internal sealed partial class SystemStream : ITransportStream
{
    /// <summary>Priority of incoming streams until their owner sets another.</summary>
    public const int DefaultPriority = 3;

    private const int PriorityMax = 7;
    private const long NoReset = -1;

    private readonly SystemConnection _connection;
    private readonly Lock _lock = new();
    private NetStream? _net;
    private long _id = -1;
    private int _priority;
    private int _sendLimit;
    private long _resetCode = NoReset;
    private volatile bool _closed;
    private volatile bool _autoCredit = true;

    public SystemStream(SystemConnection connection, int priority, int sendLimit)
    {
        _connection = connection;
        _priority = priority;
        _sendLimit = sendLimit;
    }

    public long Id => Volatile.Read(ref _id);

    public ITransportConnection Connection => _connection;

    public object? State { get; set; }

    /// <summary>Kept for the owner; the library has no priorities.</summary>
    public int Priority
    {
        get => Volatile.Read(ref _priority);
        set
        {
            CheckPriority(value);
            Volatile.Write(ref _priority, value);
        }
    }

    public int SendLimit
    {
        get => Volatile.Read(ref _sendLimit);
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            Volatile.Write(ref _sendLimit, value);
        }
    }

    public bool IsOpen => !_closed && !Volatile.Read(ref _completed) && Volatile.Read(ref _resetCode) == NoReset && !_connection.IsEnding;

    public bool AutoCredit
    {
        get => _autoCredit;
        set => _autoCredit = value;
    }

    public void Reset(ulong code)
    {
        const ulong CodeMax = (1UL << 62) - 1;
        if (Interlocked.CompareExchange(ref _resetCode, (long)(code & CodeMax), NoReset) == NoReset)
        {
            _connection.Post(Abandon);
        }
    }

    public void Credit(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if (bytes > 0 && !_closed)
        {
            _connection.Post(() => GiveCredit(bytes));
        }
    }

    public static void CheckPriority(int priority)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(priority);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(priority, PriorityMax);
    }

    /// <summary>The stream exists now. On the loop.</summary>
    internal void Begin(NetStream net)
    {
        Volatile.Write(ref _id, net.Id);
        lock (_lock)
        {
            _net = net;
        }

        if (Volatile.Read(ref _resetCode) != NoReset)
        {
            Abandon();
            return;
        }

        _ = WatchAsync(net.ReadsClosed);
        _ = WatchAsync(net.WritesClosed);
        _ = ReceiveAsync(net);
        Flush();
    }

    /// <summary>Marks the stream as ended.</summary>
    /// <returns>True the first time.</returns>
    internal bool TryClose()
    {
        if (_closed)
        {
            return false;
        }

        _closed = true;
        return true;
    }

    internal ValueTask DisposeAsync() => _net?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>Notices what the peer does to a direction while nothing is read or written.</summary>
    private async Task WatchAsync(Task direction)
    {
        try
        {
            await direction.ConfigureAwait(true);
        }
        catch (Exception e) when (SystemConnection.IsExpected(e))
        {
            if (!_connection.HasEnded && e is System.Net.Quic.QuicException { QuicError: System.Net.Quic.QuicError.StreamAborted })
            {
                Reset(0); // half a message lane is of no use, so the other direction goes too
            }

            return;
        }

        EndIfDone();
    }

    /// <summary>Carries out a reset. On the loop.</summary>
    private void Abandon()
    {
        if (_net is not { } net || _closed)
        {
            return; // it is abandoned when it gets its number, or has ended
        }

        net.Abort(System.Net.Quic.QuicAbortDirection.Both, Volatile.Read(ref _resetCode));
        End(net);
    }

    /// <summary>Both sides have completed: the stream is over.</summary>
    private void EndIfDone()
    {
        if (!_closed && _net is { ReadsClosed.IsCompletedSuccessfully: true, WritesClosed.IsCompletedSuccessfully: true } net && _endReported)
        {
            End(net);
        }
    }

    private void End(NetStream net)
    {
        if (_uncredited > 0)
        {
            var unread = _uncredited;
            _uncredited = 0;
            _connection.ChangeUncredited(-unread); // unread bytes would be missing from the connection's window for ever
        }

        _connection.Remove(this);
        _ = net.DisposeAsync().AsTask();
    }
}
