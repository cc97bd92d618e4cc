using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Requests;

namespace Chirps.Iggy.Client;

/// <summary>
/// A client of an Iggy server, real or embedded. Any number of threads may call it at once: their requests share one connection and
/// do not wait for each other's answers. A lost connection is made again, with login and group memberships; calls made meanwhile wait
/// for it until their deadline.
/// </summary>
/// <remarks>
/// Every call throws <see cref="IggyException"/> when the server refuses or does not answer. When the answer did not come,
/// <see cref="IggyException.MayHaveTakenEffect"/> says whether the request may have been carried out; such a request is never
/// repeated by the client. A request that was certainly not sent is sent on the next connection while there is time.
/// </remarks>
public sealed partial class IggyClient : IAsyncDisposable
{
    private readonly ClientCore _core;
    private readonly PartitionRouter _router;
    private readonly TimeSpan _timeout;
    private readonly bool _ownsCore;
    private readonly bool _failsAtOnce;

    /// <summary>Makes a client. It connects when it is first used.</summary>
    /// <param name="options">Where to and how.</param>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public IggyClient(IggyClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.OutstandingMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.QueuedBytesMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ResponseBytesMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.RequestTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.ConnectTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ReconnectDelayMax, options.ReconnectDelayMin);
        _core = new ClientCore(options);
        _router = new PartitionRouter(this, options.Time);
        _timeout = options.RequestTimeout;
        _ownsCore = true;
    }

    private IggyClient(IggyClient original, TimeSpan timeout, bool failsAtOnce)
    {
        _failsAtOnce = failsAtOnce;
        _core = original._core;
        _router = original._router;
        _timeout = timeout;
    }

    /// <summary>Whether there is a connection at this moment, logged in.</summary>
    public bool IsConnected => _core.Current is not null;

    /// <summary>How often the client has logged in: more than once means that a connection was lost.</summary>
    public long Logins => _core.Logins;

    /// <summary>What is spoken on the connection at hand; <see cref="IggyDialect.Auto"/> without one.</summary>
    public IggyDialect Dialect => _core.Current?.Dialect.Kind ?? IggyDialect.Auto;

    /// <summary>The same client, same connection, with another patience.</summary>
    /// <param name="timeout">How long a call may take, waiting for a connection included.</param>
    /// <returns>A view. Disposing of it does nothing.</returns>
    public IggyClient WithTimeout(TimeSpan timeout)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        return new IggyClient(this, timeout, _failsAtOnce);
    }

    /// <summary>The same client, whose sends do not wait for a connection: without one they fail at once, and certainly did nothing. It makes no connection by itself.</summary>
    /// <returns>A view. Disposing of it does nothing.</returns>
    internal IggyClient FailingAtOnce() => new(this, _timeout, failsAtOnce: true);

    /// <summary>Waits until the client is connected and logged in.</summary>
    /// <exception cref="IggyException">It is not by the deadline, or the server refused the login; the client goes on trying.</exception>
    public async ValueTask ConnectAsync(CancellationToken cancellationToken = default)
        => await _core.ConnectionAsync(_core.DeadlineIn(_timeout), cancellationToken).ConfigureAwait(false);

    /// <summary>Asks for an answer, nothing else.</summary>
    public ValueTask PingAsync(CancellationToken cancellationToken = default) => CallAsync(IggyCommand.Ping, default(EmptyRequest), cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _ownsCore ? _core.DisposeAsync() : ValueTask.CompletedTask;

    /// <summary>A call whose answer has no payload.</summary>
    private async ValueTask CallAsync<T>(IggyCommand command, T request, CancellationToken cancellationToken)
        where T : IRequest<T>
    {
        var response = await _core.CallAsync(command, new RequestBody<T>(request), _core.DeadlineIn(_timeout), cancellationToken).ConfigureAwait(false);
        response.Return();
    }

    /// <summary>A call whose answer is read to its end.</summary>
    private async ValueTask<TAnswer> CallAsync<T, TAnswer>(IggyCommand command, T request, AnswerReader<TAnswer> read, CancellationToken cancellationToken)
        where T : IRequest<T>
    {
        var response = await _core.CallAsync(command, new RequestBody<T>(request), _core.DeadlineIn(_timeout), cancellationToken).ConfigureAwait(false);
        try
        {
            var reader = new WireReader(response.Payload);
            return read(ref reader, response.Dialect.Bodies, out var answer) && reader.IsEmpty ? answer : throw IggyException.Malformed(command);
        }
        finally
        {
            response.Return();
        }
    }
}
