using System.Security.Cryptography;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Dialects;

namespace Chirps.Iggy.Client;

/// <summary>
/// One connection: requests of any number of threads go out in the order they were begun, several in one write, and their answers are
/// matched in that order, or by operation and number where the dialect has them. It ends once, and takes every request it owes with it.
/// </summary>
internal sealed partial class IggyConnection : IThreadPoolWorkItem, IAsyncDisposable
{
    private const int KeepBytesMax = 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Stream _stream;
    private readonly IggyClientOptions _options;
    private readonly PendingPool _pool;
    private readonly WireSession _session = new(NewClientId());
    private readonly PendingQueue _pending = new();
    private readonly TaskCompletionSource<Exception> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly ITimer _timer;
    private Task _receiving = Task.CompletedTask;
    private WireBuffer _filling = new();
    private WireBuffer _writing = new();
    private TaskCompletionSource? _room;
    private Exception? _failure;
    private long _numbers;
    private long _written;
    private long _timerAt = long.MaxValue;
    private long _lastReceived;
    private bool _flushing;

    /// <summary>Takes over a stream, opened and not yet logged in.</summary>
    public IggyConnection(Stream stream, IIggyDialect dialect, IggyClientOptions options, PendingPool pool)
    {
        _stream = stream;
        Dialect = dialect;
        _options = options;
        _pool = pool;
        _lastReceived = options.Time.GetTimestamp();
        _timer = options.Time.CreateTimer(static state => ((IggyConnection)state!).CheckDeadlines(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What is spoken.</summary>
    public IIggyDialect Dialect { get; }

    /// <summary>Ends when the connection has ended, with what ended it.</summary>
    public Task<Exception> Closed => _closed.Task;

    /// <summary>Cancelled when the connection has ended.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>Begins to receive.</summary>
    public void Start() => _receiving = Task.Run(ReceiveAsync);

    /// <summary>Keeps what the login gave for the headers of further requests.</summary>
    public void Bind(ulong session)
    {
        lock (_gate)
        {
            _session.Session = session;
        }
    }

    /// <summary>Whether a request would have to wait for <see cref="RoomAsync"/>.</summary>
    public bool IsFull
    {
        get
        {
            lock (_gate)
            {
                return _failure is null && _filling.Length > _options.QueuedBytesMax;
            }
        }
    }

    /// <summary>Waits until the bytes queued have been taken, or the connection has ended.</summary>
    public Task RoomAsync()
    {
        lock (_gate)
        {
            if (_failure is not null || _filling.Length <= _options.QueuedBytesMax)
            {
                return Task.CompletedTask;
            }

            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task;
        }
    }

    /// <summary>Sends a request.</summary>
    /// <param name="command">The command.</param>
    /// <param name="body">The payload, read before this returns.</param>
    /// <param name="deadline">When the answer must be there, in ticks of the clock.</param>
    /// <param name="cancellationToken">Stops the waiting; the request may still take effect.</param>
    /// <returns>The answer, to be returned by the caller. An error of the server is an answer too.</returns>
    /// <exception cref="IggyException">No answer.</exception>
    /// <exception cref="ArgumentException">The payload cannot be written; nothing was sent.</exception>
    public ValueTask<ResponseLease> CallAsync<TBody>(IggyCommand command, in TBody body, long deadline, CancellationToken cancellationToken)
        where TBody : struct, IRequestBody
    {
        PendingRequest pending;
        bool schedule;
        lock (_gate)
        {
            if (_failure is not null)
            {
                throw IggyException.Lost(command, written: false, _failure);
            }

            var mark = Encode(command, body);
            var now = _options.Time.GetTimestamp();
            pending = _pool.Take();
            pending.Begin(command, mark, ++_numbers, now, deadline);
            _pending.Enqueue(pending);
            Arm(now, Math.Min(deadline, SilenceEnd(now)));
            schedule = !_flushing;
            _flushing = true;
        }

        var answer = pending.AsTask(cancellationToken);
        if (schedule)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }

        return answer;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Fail(new ObjectDisposedException(nameof(IggyConnection)));
        await _receiving.ConfigureAwait(false);
    }

    /// <summary>Ends the connection; the first reason counts.</summary>
    public void Fail(Exception reason)
    {
        TaskCompletionSource? room;
        lock (_gate)
        {
            if (_failure is not null)
            {
                return;
            }

            _failure = reason;
            room = _room;
            _timer.Dispose();
            while (_pending.TryDequeue(out var pending))
            {
                pending.Abandon(IggyException.Lost(pending.Command, pending.Number <= _written, reason));
            }

            if (!_flushing)
            {
                FreeBuffers();
            }
        }

        _stop.Cancel();
        _stream.Dispose();
        room?.TrySetResult();
        _closed.TrySetResult(reason);
    }

    private RequestMark Encode<TBody>(IggyCommand command, in TBody body)
        where TBody : struct, IRequestBody
    {
        var start = _filling.Length;
        var number = _session.RequestNumber;
        try
        {
            var mark = Dialect.Frames.BeginRequest(_filling, command, _session);
            body.Write(_filling, Dialect);
            Dialect.Frames.EndRequest(_filling, mark);
            return mark;
        }
        catch
        {
            _filling.CutTo(start);
            _session.RequestNumber = number;
            throw;
        }
    }

    // With the lock held, or once nobody else has the buffers any more.
    private void FreeBuffers()
    {
        _filling.Dispose();
        _writing.Dispose();
    }

    private static UInt128 NewClientId()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        bytes[0] |= 1;
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(bytes);
    }
}
