using System.Buffers;
using NetStream = System.Net.Quic.QuicStream;

namespace Chirps.Quic.SystemQuic;

/// <content>The buffer towards the peer, and reading within the credit given.</content>
internal sealed partial class SystemStream
{
    private const int ReadBytesMax = 16 << 10;

    /// <summary>One write of the library: acknowledged as a whole, so that room comes back in such steps.</summary>
    private const int WriteBytesMax = 128 << 10;

    private ArrayBufferWriter<byte> _pending = new();
    private ArrayBufferWriter<byte> _sending = new();
    private int _unsent;
    private int _refused;
    private bool _isSending;
    private bool _completed;
    private bool _endSent;
    private bool _endReported;
    private long _uncredited;
    private TaskCompletionSource? _creditCame;

    public int BufferedBytes
    {
        get
        {
            lock (_lock)
            {
                return _closed ? 0 : _pending.WrittenCount + _unsent;
            }
        }
    }

    public bool TryWrite(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, bool flush = true)
    {
        var length = (long)head.Length + body.Length;
        var limit = SendLimit;
        lock (_lock)
        {
            if (!IsOpen)
            {
                return false;
            }

            if (_pending.WrittenCount + _unsent + length > limit)
            {
                _refused = length <= limit ? (int)length : 0;
                return false;
            }

            _pending.Write(head);
            _pending.Write(body);
        }

        if (flush)
        {
            Flush();
        }

        return true;
    }

    public void Flush()
    {
        lock (_lock)
        {
            if (_isSending || _net == null || _closed)
            {
                return;
            }

            _isSending = true;
        }

        _connection.Post(() => _ = SendAsync());
    }

    public void Complete()
    {
        lock (_lock)
        {
            _completed = true;
        }

        Flush();
    }

    /// <summary>Somebody gave credit: look again whether it is enough.</summary>
    internal void CreditCame() => _creditCame?.TrySetResult();

    private async Task SendAsync()
    {
        try
        {
            while (Take(out var completes))
            {
                var rest = _sending.WrittenMemory;
                do
                {
                    var piece = rest[..Math.Min(rest.Length, WriteBytesMax)];
                    rest = rest[piece.Length..];
                    await _net!.WriteAsync(piece, completes && rest.IsEmpty).ConfigureAwait(true);
                    _connection.CountSent(piece.Length);
                    Acknowledged(piece.Length);
                }
                while (!rest.IsEmpty && !_closed);
            }
        }
        catch (Exception e) when (SystemConnection.IsExpected(e) || e is InvalidOperationException)
        {
            // Whoever watches the stream or its connection says how it ended.
        }
    }

    /// <summary>Takes everything that waits.</summary>
    /// <returns><see langword="false"/> when there is nothing to do.</returns>
    private bool Take(out bool completes)
    {
        lock (_lock)
        {
            completes = _completed;
            var isCompleting = completes && !_endSent;
            if (_closed || (_pending.WrittenCount == 0 && !isCompleting))
            {
                _isSending = false;
                return false;
            }

            (_pending, _sending) = (_sending, _pending);
            _pending.ResetWrittenCount();
            _unsent = _sending.WrittenCount;
            _endSent = completes;
            return true;
        }
    }

    private void Acknowledged(int bytes)
    {
        bool isWritable;
        lock (_lock)
        {
            _unsent -= bytes;
            var buffered = _pending.WrittenCount + _unsent;
            var limit = SendLimit;
            isWritable = _refused > 0 && buffered <= limit / 2 && buffered + (long)_refused <= limit;
            if (isWritable)
            {
                _refused = 0;
            }
        }

        if (isWritable && IsOpen)
        {
            _connection.Tell((handler, _) => handler.StreamWritable(this));
        }
    }

    private async Task ReceiveAsync(NetStream net)
    {
        var buffer = new byte[ReadBytesMax];
        try
        {
            while (!_closed)
            {
                var room = (int)Math.Min(Math.Min(_connection.StreamWindow - _uncredited, _connection.CreditLeft), buffer.Length);
                if (room <= 0)
                {
                    _creditCame = new TaskCompletionSource();
                    _connection.AwaitCredit(this);
                    await _creditCame.Task.ConfigureAwait(true);
                    continue;
                }

                var length = await net.ReadAsync(buffer.AsMemory(0, room)).ConfigureAwait(true);
                if (_closed || !Deliver(buffer, length))
                {
                    return;
                }
            }
        }
        catch (Exception e) when (SystemConnection.IsExpected(e))
        {
            // Whoever watches the stream or its connection says how it ended.
        }
    }

    /// <returns><see langword="false"/> when nothing follows.</returns>
    private bool Deliver(byte[] buffer, int length)
    {
        _uncredited += length;
        _connection.ChangeUncredited(length);
        _connection.CountReceived(length);
        if (!_connection.IsEnding)
        {
            _connection.Tell((handler, _) => handler.StreamData(this, buffer.AsSpan(0, length), length == 0));
        }

        if (_autoCredit)
        {
            GiveCredit(length);
        }

        if (length > 0)
        {
            return true;
        }

        _endReported = true;
        EndIfDone();
        return false;
    }

    private void GiveCredit(long bytes)
    {
        var credit = Math.Min(bytes, _uncredited);
        if (credit > 0)
        {
            _uncredited -= credit;
            _connection.ChangeUncredited(-credit);
        }
    }
}
