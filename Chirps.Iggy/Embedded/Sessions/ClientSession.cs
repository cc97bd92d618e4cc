using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Dialects;

namespace Chirps.Iggy.Embedded.Sessions;

/// <summary>One connection: takes requests, has each carried out, and answers in the order of the requests.</summary>
/// <remarks>
/// One task reads, another writes. Sends that follow each other are under way together, so that they share a sync; any other request
/// waits for those before it. What is held in memory is bounded: small buffers, a number of answers, and for messages a share of the
/// server's budget until the answer is written. A peer that does not take its answers is cut off in time.
/// </remarks>
internal sealed partial class ClientSession : IDisposable
{
    /// <summary>Largest body before a login, and the size of the buffer that a session keeps.</summary>
    public const int SmallBytes = 64 * 1024;

    private readonly Stream _stream;
    private readonly ServerContext _server;
    private readonly CancellationTokenSource _reading;
    private readonly CancellationTokenSource _abort;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(SmallBytes);
    private int _start;
    private int _end;
    private long _loggedOutAt;
    private long? _frameBegunAt;

    public ClientSession(uint id, Stream stream, IPEndPoint remote, IPEndPoint local, ServerContext server, CancellationToken stopping, CancellationToken abort)
    {
        Id = id;
        Remote = remote;
        Local = local;
        _stream = stream;
        _server = server;
        _abort = CancellationTokenSource.CreateLinkedTokenSource(abort);
        _reading = CancellationTokenSource.CreateLinkedTokenSource(stopping, _abort.Token);
        _loggedOutAt = server.Time.GetTimestamp();
    }

    /// <summary>The client's number, from 1.</summary>
    public uint Id { get; }

    public IPEndPoint Remote { get; }

    public IPEndPoint Local { get; }

    /// <summary>How the client speaks; known from its first bytes on.</summary>
    public IIggyDialect Dialect { get; private set; } = ClassicDialect.Instance;

    public bool IsLoggedIn { get; private set; }

    /// <summary>Whether the client knows how to read the place of its messages in the answer to a send.</summary>
    public bool WantsPlaces { get; private set; }

    /// <summary>Whether the request at hand is the only one of this client, as far as is known: then its answer may be worked for at once.</summary>
    public bool IsAlone { get; private set; }

    public void LogIn(bool wantsPlaces)
    {
        IsLoggedIn = true;
        WantsPlaces = wantsPlaces;
        _failedLogins = 0;
    }

    public void LogOut()
    {
        IsLoggedIn = false;
        _loggedOutAt = _server.Time.GetTimestamp();
    }

    /// <summary>Runs until the peer leaves, breaks the protocol, is too slow, or the server stops.</summary>
    public async Task RunAsync()
    {
        var writing = WriteAnswersAsync();
        try
        {
            if (!await ReadAsync(DialectDetection.BytesNeeded).ConfigureAwait(false))
            {
                return;
            }

            Dialect = DialectDetection.OfClient(_buffer.AsSpan(_start, _end - _start));
            while (!_reading.IsCancellationRequested && await TakeOneAsync().ConfigureAwait(false))
            {
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The peer left, or was too slow, or the server stops: nobody is there to be told.
        }
        finally
        {
            _answers.Writer.Complete();
            await writing.ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _reading.Dispose();
        _abort.Dispose();
        _out.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    /// <summary>Takes one request, and starts or finishes carrying it out.</summary>
    /// <returns>Whether the connection goes on.</returns>
    private async Task<bool> TakeOneAsync()
    {
        FrameState state;
        RequestHead head;
        _frameBegunAt = null;
        while ((state = Dialect.Frames.TryReadRequest(_buffer.AsSpan(_start, _end - _start), IsLoggedIn ? _server.Options.RequestBytesMax : SmallBytes, out head)) == FrameState.Incomplete)
        {
            if (!await ReadAsync(_end - _start + 1).ConfigureAwait(false))
            {
                return false;
            }
        }

        if (state == FrameState.Malformed)
        {
            return false;
        }

        var frameBytes = head.HeaderLength + head.BodyLength;
        var held = head.Command == IggyCommand.PollMessages ? _server.Options.PollBytesMax : 0L;
        held += head.Command == IggyCommand.SendMessages || frameBytes > SmallBytes ? frameBytes : 0;
        var answer = new Answer(head, held > 0 ? await _server.Budget.TakeAsync(held).ConfigureAwait(false) : default);
        var isQueued = false;
        try
        {
            if (!await ReadAsync(frameBytes).ConfigureAwait(false))
            {
                return false;
            }

            IsAlone = _end - _start == frameBytes && Volatile.Read(ref _unwritten) == 0;
            isQueued = await StartAsync(answer, _buffer.AsMemory(_start + head.HeaderLength, head.BodyLength)).ConfigureAwait(false);
            _start += frameBytes;
            Shrink();
            return isQueued && !answer.IsLast;
        }
        finally
        {
            if (!isQueued)
            {
                answer.Dispose();
            }
        }
    }

    /// <summary>Reads until so many bytes have been received and not taken.</summary>
    /// <returns><see langword="false"/> when the peer has finished sending before that.</returns>
    private async ValueTask<bool> ReadAsync(int count)
    {
        MakeRoom(count);
        while (_end - _start < count)
        {
            _reading.CancelAfter(TimeLeft());
            var read = await _stream.ReadAsync(_buffer.AsMemory(_end), _reading.Token).ConfigureAwait(false);
            if (read == 0)
            {
                return false;
            }

            _end += read;
        }

        return true;
    }

    /// <summary>How long the peer has, in all, to log in or to finish the request it has begun. Between requests it may be silent for as long as it likes.</summary>
    private TimeSpan TimeLeft()
    {
        if (IsLoggedIn && _end == _start)
        {
            return Timeout.InfiniteTimeSpan;
        }

        _frameBegunAt ??= _server.Time.GetTimestamp();
        var left = IsLoggedIn
            ? _server.Options.TransferTimeout - _server.Time.GetElapsedTime(_frameBegunAt.Value)
            : _server.Options.LoginTimeout - _server.Time.GetElapsedTime(_loggedOutAt);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private void MakeRoom(int count)
    {
        if (_buffer.Length - _start >= count && _end < _buffer.Length)
        {
            return;
        }

        var larger = count > _buffer.Length ? ArrayPool<byte>.Shared.Rent(count) : _buffer;
        _buffer.AsSpan(_start, _end - _start).CopyTo(larger);
        if (larger != _buffer)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        (_start, _end) = (0, _end - _start);
    }

    /// <summary>Gives large buffers back.</summary>
    private void Shrink()
    {
        if (_start == _end)
        {
            (_start, _end) = (0, 0);
        }

        if (_buffer.Length > 2 * SmallBytes && _end - _start <= SmallBytes)
        {
            var smaller = ArrayPool<byte>.Shared.Rent(SmallBytes);
            _buffer.AsSpan(_start, _end - _start).CopyTo(smaller);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = smaller;
            (_start, _end) = (0, _end - _start);
        }
    }
}
