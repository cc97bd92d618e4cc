using System.Runtime.CompilerServices;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Dialects;
using Chirps.Iggy.Protocol.Requests;
using Microsoft.Extensions.Logging;

namespace Chirps.Iggy.Client;

/// <summary>Keeps one connection to a server: connects, logs in, joins the groups again, pings, and begins anew when it is lost.</summary>
internal sealed partial class ClientCore : IAsyncDisposable
{
    private const int PooledRequests = 4096;

    private readonly Lock _gate = new();
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _slots;
    private readonly PendingPool _pool = new(PooledRequests);
    private readonly CancellationTokenSource _stop = new();
    private readonly List<GroupTarget> _groups = [];
    private TaskCompletionSource<IggyConnection> _ready = NewReady();
    private volatile IggyConnection? _current;
    private volatile Exception? _lastFailure;
    private Task? _supervising;
    private IIggyDialect? _known;
    private long _logins;
    private bool _isClosed;

    /// <summary>Connects to nothing yet: the first call does.</summary>
    public ClientCore(IggyClientOptions options)
    {
        Options = options;
        _logger = options.Logger;
        _slots = new SemaphoreSlim(options.OutstandingMax);
    }

    /// <summary>The settings.</summary>
    public IggyClientOptions Options { get; }

    /// <summary>The connection at hand, or none.</summary>
    public IggyConnection? Current => _current;

    /// <summary>How many logins have succeeded.</summary>
    public long Logins => Volatile.Read(ref _logins);

    /// <summary>When a call begun now must be answered, in ticks of the clock.</summary>
    public long DeadlineIn(TimeSpan timeout) => Options.Time.GetTimestamp() + (long)(timeout.TotalSeconds * Options.Time.TimestampFrequency);

    /// <summary>The connection at hand, or the next one.</summary>
    /// <exception cref="IggyException">No connection by the deadline, or the server refused the login.</exception>
    public ValueTask<IggyConnection> ConnectionAsync(long deadline, CancellationToken cancellationToken)
        => _current is { } current ? new ValueTask<IggyConnection>(current) : WaitReadyAsync(deadline, cancellationToken);

    /// <summary>Calls the server on the connection at hand or the next one. A request that was certainly not sent goes to the one after it.</summary>
    /// <param name="command">What is asked.</param>
    /// <param name="body">With what.</param>
    /// <param name="deadline">Until when.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <param name="failsAtOnce">Whether not to wait while there is no connection.</param>
    /// <returns>A successful answer, to be returned by the caller.</returns>
    /// <exception cref="IggyException">The server refused, or there was no answer.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ResponseLease> CallAsync<TBody>(IggyCommand command, TBody body, long deadline, CancellationToken cancellationToken, bool failsAtOnce = false)
        where TBody : struct, IRequestBody
    {
        if (!_slots.Wait(0, CancellationToken.None) && !await _slots.WaitAsync(TimeLeft(deadline), cancellationToken).ConfigureAwait(false))
        {
            throw IggyException.Late(command, written: false);
        }

        ResponseLease response;
        try
        {
            response = await CallOnceAsync(command, body, deadline, failsAtOnce, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _slots.Release();
        }

        if (response.Status != IggyStatus.Ok)
        {
            response.Return();
            throw IggyException.Refused(command, response.Status);
        }

        return response;
    }

    /// <summary>Joins a group again after each login from now on.</summary>
    public void Remember(GroupTarget group)
    {
        lock (_gate)
        {
            if (!_groups.Contains(group))
            {
                _groups.Add(group);
            }
        }
    }

    /// <summary>Joins a group no more.</summary>
    public void Forget(GroupTarget group)
    {
        lock (_gate)
        {
            _groups.Remove(group);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Task? supervising;
        lock (_gate)
        {
            supervising = _supervising;
            _isClosed = true;
            _ready.TrySetException(IggyException.NotConnected("The client is closed."));
            _ = _ready.Task.Exception;
        }

        await _stop.CancelAsync().ConfigureAwait(false);
        if (supervising is not null)
        {
            await supervising.ConfigureAwait(false);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ResponseLease> CallOnceAsync<TBody>(IggyCommand command, TBody body, long deadline, bool failsAtOnce, CancellationToken cancellationToken)
        where TBody : struct, IRequestBody
    {
        while (true)
        {
            if (failsAtOnce && _current is null)
            {
                throw IggyException.NotConnected($"There is no connection to {Options}.", _lastFailure);
            }

            var connection = await ConnectionAsync(deadline, cancellationToken).ConfigureAwait(false);
            if (connection.IsFull)
            {
                await RoomAsync(connection, command, deadline, cancellationToken).ConfigureAwait(false);
                continue;
            }

            try
            {
                return await connection.CallAsync(command, body, deadline, cancellationToken).ConfigureAwait(false);
            }
            catch (IggyException failure) when (failure is { Failure: IggyFailure.ConnectionLost, MayHaveTakenEffect: false })
            {
                Withdraw(connection);
            }
        }
    }

    private async ValueTask RoomAsync(IggyConnection connection, IggyCommand command, long deadline, CancellationToken cancellationToken)
    {
        try
        {
            await connection.RoomAsync().WaitAsync(TimeLeft(deadline), Options.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw IggyException.Late(command, written: false);
        }
    }

    private async ValueTask<IggyConnection> WaitReadyAsync(long deadline, CancellationToken cancellationToken)
    {
        Task<IggyConnection> ready;
        lock (_gate)
        {
            if (_isClosed)
            {
                throw IggyException.NotConnected("The client is closed.");
            }

            _supervising ??= Task.Run(SuperviseAsync, CancellationToken.None);
            ready = _ready.Task;
        }

        try
        {
            return await ready.WaitAsync(TimeLeft(deadline), Options.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw IggyException.NotConnected($"There was no connection to {Options} in time: {_lastFailure?.Message ?? "it is still being made"}", _lastFailure);
        }
        catch (IggyException refused)
        {
            // Every waiter gets an exception of its own.
            throw new IggyException(refused.Failure, refused.Status, mayHaveTakenEffect: false, refused.Message, refused);
        }
    }

    private TimeSpan TimeLeft(long deadline)
    {
        var left = Options.Time.GetElapsedTime(Options.Time.GetTimestamp(), deadline);
        return left < TimeSpan.Zero ? TimeSpan.Zero : left;
    }

    private static TaskCompletionSource<IggyConnection> NewReady() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
