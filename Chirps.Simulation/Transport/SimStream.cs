using Chirps.Quic;

namespace Chirps.Simulation.Transport;

/// <summary>One side of a simulated stream.</summary>
internal sealed class SimStream(SimConnection connection, int priority, int sendLimit) : ITransportStream
{
    /// <summary>Priority of incoming streams until their owner sets another.</summary>
    public const int DefaultPriority = 3;

    private const int PieceBytesMax = 16 << 10;
    private const int PriorityMax = 7;

    private readonly Queue<byte[]> _waiting = new();
    private int _waitingOffset;
    private int _refused;
    private long _sendCredit;
    private long _uncredited;
    private bool _closed;
    private bool _completed;
    private bool _endSent;
    private bool _endAcknowledged;
    private bool _endReceived;
    private ulong? _resetCode;

    public long Id { get; private set; } = -1;

    public ITransportConnection Connection => connection;

    public object? State { get; set; }

    public int Priority
    {
        get => priority;
        set
        {
            CheckPriority(value);
            priority = value;
        }
    }

    public int SendLimit
    {
        get => sendLimit;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            sendLimit = value;
        }
    }

    public int BufferedBytes { get; private set; }

    public bool IsOpen => !_closed && !_completed && _resetCode == null && !connection.IsEnding;

    public bool AutoCredit { get; set; } = true;

    public static void CheckPriority(int priority)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(priority);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(priority, PriorityMax);
    }

    public bool TryWrite(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, bool flush = true)
    {
        var length = (long)head.Length + body.Length;
        if (!IsOpen || BufferedBytes + length > sendLimit)
        {
            _refused = length <= sendLimit ? (int)length : 0;
            return false;
        }

        _waiting.Enqueue([.. head, .. body]);
        BufferedBytes += (int)length;
        if (flush)
        {
            Flush();
        }

        return true;
    }

    public void Flush() => connection.Post(SendWaiting);

    public void Complete()
    {
        _completed = true;
        Flush();
    }

    public void Reset(ulong code)
    {
        if (_resetCode == null && !_closed)
        {
            _resetCode = code;
            connection.Post(Abandon);
        }
    }

    public void Credit(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if (bytes > 0)
        {
            connection.Post(() => GiveCredit(bytes));
        }
    }

    /// <summary>The stream has its number.</summary>
    internal void Begin(long id)
    {
        Id = id;
        _sendCredit = connection.PeerStreamWindow;
        Abandon();
        SendWaiting();
    }

    /// <summary>Marks the stream as ended.</summary>
    /// <returns>True the first time.</returns>
    internal bool TryClose()
    {
        var isFirst = !_closed;
        _closed = true;
        BufferedBytes = 0;
        return isFirst;
    }

    internal void AddCredit(long bytes) => _sendCredit += bytes;

    /// <summary>Sends what the credit allows.</summary>
    internal void SendWaiting()
    {
        if (Id < 0 || _closed || _resetCode != null)
        {
            return;
        }

        while (_waiting.TryPeek(out var first) && Math.Min(_sendCredit, connection.SendCredit) is > 0 and var room)
        {
            var length = (int)Math.Min(Math.Min(PieceBytesMax, first.Length - _waitingOffset), room);
            var piece = first[_waitingOffset..(_waitingOffset + length)];
            _waitingOffset += length;
            if (_waitingOffset == first.Length)
            {
                _waiting.Dequeue();
                _waitingOffset = 0;
            }

            _sendCredit -= length;
            connection.UseCredit(length);
            connection.CountSent(length);
            connection.Send(receiver => Deliver(receiver, piece, end: false));
        }

        if (_completed && !_endSent && _waiting.Count == 0)
        {
            _endSent = true;
            connection.Send(receiver => Deliver(receiver, [], end: true));
        }
    }

    /// <summary>A piece of this stream arrives on the other side, which acknowledges it.</summary>
    private void Deliver(SimConnection receiver, byte[] piece, bool end)
    {
        receiver.CountReceived(piece.Length);
        if (receiver.Receiving(Id) is { } stream)
        {
            receiver.Send(_ => Acknowledged(piece.Length, end));
            stream.Receive(piece, end);
        }
        else
        {
            receiver.ReturnCredit(Id, piece.Length); // the stream was abandoned there
        }
    }

    private void Acknowledged(int bytes, bool end)
    {
        if (_closed)
        {
            return;
        }

        BufferedBytes -= bytes;
        _endAcknowledged |= end;
        if (_refused > 0 && BufferedBytes <= sendLimit / 2 && BufferedBytes + (long)_refused <= sendLimit && IsOpen)
        {
            _refused = 0;
            connection.Tell(handler => handler.StreamWritable(this));
        }

        EndIfDone();
    }

    private void Receive(byte[] piece, bool end)
    {
        _uncredited += piece.Length;
        if (!connection.IsEnding && !_closed)
        {
            connection.Tell(handler => handler.StreamData(this, piece, end));
        }

        if (AutoCredit)
        {
            GiveCredit(piece.Length);
        }

        _endReceived |= end;
        EndIfDone();
    }

    private void GiveCredit(long bytes)
    {
        var credit = Math.Min(bytes, _uncredited);
        if (credit > 0 && !connection.HasEnded)
        {
            _uncredited -= credit;
            connection.ReturnCredit(Id, credit);
        }
    }

    private void Abandon()
    {
        if (_resetCode == null || Id < 0 || _closed)
        {
            return;
        }

        var id = Id;
        connection.Send(receiver =>
        {
            if (receiver.Find(id) is { } stream)
            {
                stream._resetCode = _resetCode;
                stream.End();
            }
        });
        End();
    }

    private void EndIfDone()
    {
        if (!_closed && _endAcknowledged && _endReceived)
        {
            End();
        }
    }

    private void End()
    {
        GiveCredit(_uncredited); // unread bytes would be missing from the connection's window for ever
        connection.Remove(this);
    }
}
