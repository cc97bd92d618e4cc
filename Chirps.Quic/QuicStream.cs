using System.Runtime.InteropServices;

namespace Chirps.Quic;

/// <summary>One stream. The public side only marks work; whoever runs the connection does it.</summary>
internal sealed class QuicStream : LaneMember, ITransportStream
{
    /// <summary>Priority of incoming streams until their owner sets another.</summary>
    public const int DefaultPriority = 3;

    private const long NoReset = -1;

    private readonly QuicConnection _connection;
    private long _id = -1;
    private int _priority;
    private int _sendLimit;
    private long _credit;
    private long _resetCode = NoReset;
    private bool _resetTaken;
    private int _dirty;
    private volatile bool _closed;
    private volatile bool _autoCredit = true;

    public QuicStream(QuicConnection connection, int priority, int sendLimit, BlockPool blocks)
    {
        _connection = connection;
        _priority = priority;
        _sendLimit = sendLimit;
        Send = new SendBuffer(blocks);
    }

    public long Id => Volatile.Read(ref _id);

    public ITransportConnection Connection => _connection;

    public object? State { get; set; }

    public int Priority
    {
        get => Volatile.Read(ref _priority);
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(value, LaneScheduler.Levels);
            Volatile.Write(ref _priority, value);
            _connection.MarkDirty(this);
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

    public int BufferedBytes => _closed ? 0 : (int)Send.Buffered;

    public bool IsOpen => !_closed && Send.IsOpen && Volatile.Read(ref _resetCode) == NoReset && !_connection.IsEnding;

    public bool AutoCredit
    {
        get => _autoCredit;
        set => _autoCredit = value;
    }

    /// <summary>What waits to be sent or acknowledged.</summary>
    internal SendBuffer Send { get; }

    /// <summary>Link of the connection's dirty list.</summary>
    internal QuicStream? NextDirty { get; set; }

    /// <summary>The peer's stream credit is used up; more of it makes the stream ready again.</summary>
    internal bool IsBlocked { get; set; }

    /// <summary>Received bytes whose credit the peer has not got back.</summary>
    internal long Uncredited { get; set; }

    internal bool IsClosed => _closed;

    /// <summary>Whether a reset was asked for.</summary>
    internal bool IsReset => Volatile.Read(ref _resetCode) != NoReset;

    /// <summary>The native library's pointer back to this object.</summary>
    internal GCHandle Handle { get; set; }

    public bool TryWrite(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, bool flush = true)
    {
        if (!IsOpen || !Send.TryAppend(head, body, SendLimit))
        {
            return false;
        }

        if (flush)
        {
            _connection.MarkDirty(this);
        }

        return true;
    }

    public void Flush() => _connection.MarkDirty(this);

    public void Complete()
    {
        Send.Complete();
        _connection.MarkDirty(this);
    }

    public void Reset(ulong code)
    {
        if (Interlocked.CompareExchange(ref _resetCode, (long)(code & QuicConnection.CodeMax), NoReset) == NoReset)
        {
            _connection.MarkDirty(this);
        }
    }

    public void Credit(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if (bytes > 0 && !_closed)
        {
            Interlocked.Add(ref _credit, bytes);
            _connection.MarkDirty(this);
        }
    }

    /// <summary>The native stream exists.</summary>
    internal void SetId(long id) => Volatile.Write(ref _id, id);

    /// <summary>The native stream has vanished with refused early data: it will be opened again, and everything sent again.</summary>
    internal void Reopen()
    {
        Handle.Free();
        Handle = default;
        SetId(-1);
        IsBlocked = false;
        Send.Rewind();
    }

    /// <summary>Claims the right to put the stream into the dirty list.</summary>
    internal bool TryMarkDirty() => Interlocked.Exchange(ref _dirty, 1) == 0;

    internal void ClearDirty() => Interlocked.Exchange(ref _dirty, 0);

    /// <summary>Takes credit to give back, never more than was received.</summary>
    internal long TakeCredit()
    {
        var credit = Math.Min(Interlocked.Exchange(ref _credit, 0), Uncredited);
        Uncredited -= credit;
        return credit;
    }

    /// <summary>Takes a requested reset, once.</summary>
    internal bool TryTakeReset(out ulong code)
    {
        code = (ulong)Volatile.Read(ref _resetCode);
        if (_resetTaken || code == unchecked((ulong)NoReset))
        {
            return false;
        }

        _resetTaken = true;
        return true;
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
}
