using System.Net.Sockets;
using System.Threading.Channels;
using Chirps.Iggy.Protocol;

namespace Chirps.Iggy.Embedded.Sessions;

/// <summary>Carrying requests out, and answering in their order.</summary>
internal sealed partial class ClientSession
{
    private const int AnswersMax = 1024;
    private const int FailedLoginsMax = 5;
    private const int WriteBytes = 32 * 1024;

    private readonly Channel<Answer> _answers = Channel.CreateBounded<Answer>(new BoundedChannelOptions(AnswersMax) { SingleReader = true, SingleWriter = true });
    private readonly WireBuffer _out = new(WriteBytes);
    private Task _lastSend = Task.CompletedTask;
    private int _failedLogins;

    /// <summary>Answers handed to the writing task and not written yet. While there is none, that task waits.</summary>
    private int _unwritten;

    /// <summary>Starts a send, or carries anything else out after the sends before it.</summary>
    /// <returns>Whether the answer is written or in line; if not, the connection ends.</returns>
    private async Task<bool> StartAsync(Answer answer, Memory<byte> payload)
    {
        var head = answer.Head;
        answer.Start = Dialect.Frames.BeginResponse(answer.Reply, head, IggyStatus.Ok);
        if (!head.Fits(payload.Span))
        {
            answer.Status = Task.FromResult(IggyStatus.InvalidFormat);
        }
        else if (head.Command == IggyCommand.SendMessages)
        {
            answer.Status = _server.Handler.HandleAsync(this, head.Command, answer.Keep(payload.Span), answer.Reply).AsTask();
            _lastSend = answer.Status;
        }
        else
        {
            await _lastSend.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var status = await _server.Handler.HandleAsync(this, head.Command, payload, answer.Reply).ConfigureAwait(false);
            answer.Status = Task.FromResult(status);
            answer.IsLast = status is IggyStatus.StaleClient or IggyStatus.ClientNotFound || IsOneFailureTooMany(status);
        }

        if (answer.Status.IsCompleted && Volatile.Read(ref _unwritten) == 0)
        {
            await WriteAsync(answer, hasMore: false).ConfigureAwait(false);
            return true;
        }

        try
        {
            Interlocked.Increment(ref _unwritten);
            await _answers.Writer.WriteAsync(answer, _reading.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException)
        {
            // The messages belong to the log until it has stored them.
            await answer.Ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return false;
        }
    }

    private bool IsOneFailureTooMany(IggyStatus status)
        => status is IggyStatus.InvalidCredentials or IggyStatus.ResourceNotFound && !IsLoggedIn && ++_failedLogins >= FailedLoginsMax;

    private async Task WriteAnswersAsync()
    {
        var reader = _answers.Reader;
        try
        {
            while (await reader.WaitToReadAsync().ConfigureAwait(false))
            {
                while (reader.TryRead(out var answer))
                {
                    await WriteAsync(answer, hasMore: reader.Count > 0).ConfigureAwait(false);
                    Interlocked.Decrement(ref _unwritten);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The peer is gone, or does not take its answers.
        }
        finally
        {
            await _abort.CancelAsync().ConfigureAwait(false);
            await foreach (var answer in reader.ReadAllAsync().ConfigureAwait(false))
            {
                await answer.Ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                answer.Dispose();
            }
        }
    }

    /// <summary>Writes an answer once it is there; small ones wait for those that are ready behind them.</summary>
    private async Task WriteAsync(Answer answer, bool hasMore)
    {
        try
        {
            if (!answer.Status.IsCompleted && _out.Length > 0)
            {
                // Sends that were stored together end together: after those that are about to end, all their answers go in one write.
                await Task.Yield();
                if (!answer.Status.IsCompleted)
                {
                    await FlushAsync().ConfigureAwait(false);
                }
            }

            var status = await answer.Status.ConfigureAwait(false);
            if (status != IggyStatus.Ok)
            {
                answer.Reply.CutTo(answer.Start);
                answer.Start = Dialect.Frames.BeginResponse(answer.Reply, answer.Head, status);
            }

            Dialect.Frames.EndResponse(answer.Reply, answer.Start);
            if (_out.Length + answer.Reply.Length > WriteBytes)
            {
                await FlushAsync().ConfigureAwait(false);
            }

            if (answer.Reply.Length > WriteBytes)
            {
                await SendAsync(answer.Reply.Memory).ConfigureAwait(false);
            }
            else
            {
                _out.WriteBytes(answer.Reply.Span);
            }

            if (!hasMore || answer.IsLast)
            {
                await FlushAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            await answer.Ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            answer.Dispose();
        }
    }

    private async ValueTask FlushAsync()
    {
        if (_out.Length > 0)
        {
            await SendAsync(_out.Memory).ConfigureAwait(false);
            _out.Clear();
        }
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        _abort.CancelAfter(_server.Options.TransferTimeout);
        await _stream.WriteAsync(bytes, _abort.Token).ConfigureAwait(false);
        _abort.CancelAfter(Timeout.InfiniteTimeSpan);
    }
}
