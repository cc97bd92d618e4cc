using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Dialects;
using Chirps.Iggy.Protocol.Requests;
using Microsoft.Extensions.Logging;

namespace Chirps.Iggy.Client;

internal sealed partial class ClientCore
{
    private async Task SuperviseAsync()
    {
        var failures = 0;
        while (!_stop.IsCancellationRequested)
        {
            var begun = Options.Time.GetTimestamp();
            try
            {
                var connection = await LogInAsync().ConfigureAwait(false);
                await using (connection.ConfigureAwait(false))
                {
                    Publish(connection);
                    _lastFailure = await KeepAsync(connection).ConfigureAwait(false);
                    Withdraw(connection);
                }

                if (_stop.IsCancellationRequested)
                {
                    return; // closed, which is no loss
                }

                LogLost(Options, _lastFailure.Message);
                failures = Options.Time.GetElapsedTime(begun) > Options.ReconnectDelayMax ? 0 : failures + 1;
            }
            catch (Exception failure) when (!_stop.IsCancellationRequested)
            {
                _known = null;
                _lastFailure = failure;
                failures++;
                LogFailed(Options, failure.Message);
                Announce(failure);
            }
            catch
            {
                // The client is being closed, and has taken the connection from under us.
                return;
            }

            await PauseAsync(failures).ConfigureAwait(false);
        }
    }

    private async Task<IggyConnection> LogInAsync()
    {
        using var timeout = new CancellationTokenSource(Options.ConnectTimeout, Options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stop.Token);
        try
        {
            var dialect = Options.Dialect switch
            {
                IggyDialect.Classic => ClassicDialect.Instance,
                IggyDialect.Vsr => VsrDialect.Instance,
                _ => _known ?? await ConnectionOpener.DetectAsync(Options, either.Token).ConfigureAwait(false),
            };
            var stream = await ConnectionOpener.OpenAsync(Options, either.Token).ConfigureAwait(false);
            var connection = new IggyConnection(stream, dialect, Options, _pool);
            connection.Start();
            try
            {
                await LogInAsync(connection, either.Token).ConfigureAwait(false);
                await JoinAgainAsync(connection, either.Token).ConfigureAwait(false);
            }
            catch
            {
                await connection.DisposeAsync().ConfigureAwait(false);
                throw;
            }

            _known = dialect;
            return connection;
        }
        catch (OperationCanceledException failure) when (timeout.IsCancellationRequested && !_stop.IsCancellationRequested)
        {
            throw new IOException($"{Options} did not let us in within {Options.ConnectTimeout.TotalSeconds} s.", failure);
        }
    }

    private async Task LogInAsync(IggyConnection connection, CancellationToken cancellationToken)
    {
        var login = LoginMaker.Make(Options);
        using var payload = new WireBuffer();
        var command = connection.Dialect.Bodies.WriteLogin(payload, login);
        var response = await connection.CallAsync(command, new RawBody(payload.Memory), DeadlineIn(Options.ConnectTimeout), cancellationToken).ConfigureAwait(false);
        try
        {
            if (response.Status != IggyStatus.Ok)
            {
                throw IggyException.Refused(command, response.Status);
            }

            if (!connection.Dialect.Bodies.TryReadLoginReply(response.Payload, out var reply))
            {
                throw IggyException.Malformed(command);
            }

            connection.Bind(reply.Session);
        }
        finally
        {
            response.Return();
        }
    }

    private async Task JoinAgainAsync(IggyConnection connection, CancellationToken cancellationToken)
    {
        GroupTarget[] groups;
        lock (_gate)
        {
            groups = [.. _groups];
        }

        foreach (var group in groups)
        {
            var response = await connection.CallAsync(IggyCommand.JoinGroup, new RequestBody<GroupTarget>(group), DeadlineIn(Options.ConnectTimeout), cancellationToken).ConfigureAwait(false);
            response.Return();
            if (response.Status != IggyStatus.Ok)
            {
                LogNotJoined(group.Group, response.Status);
                Forget(group);
            }
        }
    }

    /// <summary>Pings until the connection has ended.</summary>
    /// <returns>What ended it.</returns>
    private async Task<Exception> KeepAsync(IggyConnection connection)
    {
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(connection.Stopping, _stop.Token);
            if (Options.HeartbeatInterval == Timeout.InfiniteTimeSpan)
            {
                await connection.Closed.WaitAsync(either.Token).ConfigureAwait(false);
            }

            using var timer = new PeriodicTimer(Options.HeartbeatInterval, Options.Time);
            while (await timer.WaitForNextTickAsync(either.Token).ConfigureAwait(false))
            {
                await PingAsync(connection, either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The connection has ended, or the client is being closed, which ends it.
        }

        await connection.DisposeAsync().ConfigureAwait(false);
        return await connection.Closed.ConfigureAwait(false);
    }

    private async Task PingAsync(IggyConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await connection.CallAsync(IggyCommand.Ping, default(RequestBody<EmptyRequest>), DeadlineIn(Options.RequestTimeout), cancellationToken).ConfigureAwait(false);
            answer.Return();
        }
        catch (IggyException)
        {
            // A lost connection ends the loop above; a late answer is the connection's to judge.
        }
    }

    private void Publish(IggyConnection connection)
    {
        Interlocked.Increment(ref _logins);
        LogConnected(Options, connection.Dialect.Kind);
        lock (_gate)
        {
            _current = connection;
            _ready.TrySetResult(connection);
        }

        Options.ConnectionChanged?.Invoke();
    }

    private void Withdraw(IggyConnection connection)
    {
        lock (_gate)
        {
            if (_current == connection)
            {
                _current = null;
                _ready = NewReady();
            }
        }

        Options.ConnectionChanged?.Invoke();
    }

    /// <summary>Tells those who wait that the server does not let us in: waiting longer would not help them.</summary>
    private void Announce(Exception failure)
    {
        if (failure is not IggyException { Failure: not IggyFailure.ConnectionLost })
        {
            return;
        }

        TaskCompletionSource<IggyConnection> ready;
        lock (_gate)
        {
            ready = _ready;
            _ready = NewReady();
        }

        ready.TrySetException(failure);
        _ = ready.Task.Exception;
    }

    /// <summary>None after the first failure, then doubling, varied so that many clients do not come back together.</summary>
    private async Task PauseAsync(int failures)
    {
        if (failures == 0)
        {
            return;
        }

        var doubled = Options.ReconnectDelayMin * Math.Pow(2, Math.Min(failures - 1, 30));
        var pause = (doubled < Options.ReconnectDelayMax ? doubled : Options.ReconnectDelayMax) * (0.5 + (Random.Shared.NextDouble() / 2));
        try
        {
            await Task.Delay(pause, Options.Time, _stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The client is being closed.
        }
    }

    [LoggerMessage(3001, LogLevel.Information, "Logged in to {Server}, which speaks {Dialect}")]
    private partial void LogConnected(IggyClientOptions server, IggyDialect dialect);

    [LoggerMessage(3002, LogLevel.Warning, "The connection to {Server} was lost: {Reason}")]
    private partial void LogLost(IggyClientOptions server, string reason);

    [LoggerMessage(3003, LogLevel.Warning, "No connection to {Server}: {Reason}")]
    private partial void LogFailed(IggyClientOptions server, string reason);

    [LoggerMessage(3004, LogLevel.Warning, "Consumer group {Group} could not be joined again: {Status}")]
    private partial void LogNotJoined(IggyIdentifier group, IggyStatus status);
}
