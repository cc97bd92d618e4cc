using System.Net.Quic;
using System.Net.Sockets;
using System.Security.Authentication;
using NetStream = System.Net.Quic.QuicStream;

namespace Chirps.Quic.SystemQuic;

/// <content>How connections end. On the loop.</content>
internal sealed partial class SystemConnection
{
    private const ulong ConnectionRefused = 2; // RFC 9000 section 20.1
    private const ulong NoApplicationProtocol = CryptoErrorBase + 120; // RFC 8446 section 6.2

    /// <summary>How long a close waits for the peer to take its words.</summary>
    private static readonly TimeSpan _lastWordsTimeout = TimeSpan.FromMilliseconds(500);

    private bool _ended;
    private Task _leaving = Task.CompletedTask;

    /// <summary>Ends the connection with its endpoint.</summary>
    /// <returns>Done when the library has let go of it.</returns>
    internal Task ShutDown()
    {
        const string Reason = "endpoint closed";
        End(Info(CloseKind.EndpointClosed, 0, Reason), new ControlFrame(ControlFrameKind.Closed, 0, Reason));
        return _leaving;
    }

    private CloseInfo Info(CloseKind kind, ulong code, string reason) => new(kind, code, reason, PeerRefusal.None, _verdict.Peer);

    private void EndLocally(ControlFrameKind kind, ulong code, string reason)
        => End(Info(CloseKind.Local, code, reason), new ControlFrame(kind, code, reason));

    /// <summary>The library says that the connection is over.</summary>
    private void EndBy(Exception exception) => End(
        exception switch
        {
            QuicException { QuicError: QuicError.ConnectionAborted } e => Info(CloseKind.Peer, (ulong)(e.ApplicationErrorCode ?? 0), string.Empty),
            QuicException { QuicError: QuicError.ConnectionIdle } when _connectedReported => Info(CloseKind.IdleTimeout, 0, "nothing was heard from the peer"),
            QuicException { QuicError: QuicError.ConnectionIdle or QuicError.ConnectionTimeout } or SocketException
                => Info(CloseKind.HandshakeTimeout, 0, exception.Message),
            QuicException { QuicError: QuicError.ConnectionRefused } => Info(CloseKind.Transport, ConnectionRefused, exception.Message),
            QuicException e => Info(CloseKind.Transport, (ulong)(e.TransportErrorCode ?? 0), e.Message),
            AuthenticationException when !_connectedReported => Info(CloseKind.Transport, NoApplicationProtocol, exception.Message),
            _ => Info(CloseKind.Transport, 0, exception.Message),
        },
        null);

    /// <summary>Tells the owner, once, counts, and lets the library go.</summary>
    /// <param name="info">How it ended.</param>
    /// <param name="lastWords">What the peer is told, when there is a way to.</param>
    private void End(CloseInfo info, ControlFrame? lastWords)
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        Volatile.Write(ref _closeRequested, 1);
        _open = false;
        EndHandshakePending();
        if (!_connectedReported)
        {
            _endpoint.Counters.HandshakeEnded(info.Kind);
        }

        if (info.Kind == CloseKind.PeerRefused)
        {
            _endpoint.Counters.Refused(info.Refusal);
        }

        _endpoint.LogEnd(this, info);
        CloseAllStreams();
        if (IsOutgoing || _connectedReported || info.Refusal != PeerRefusal.None)
        {
            Tell((handler, connection) => handler.Closed(connection, info));
        }

        _lifetime.Cancel();
        _leaving = LeaveAsync(lastWords, (long)(lastWords?.Code ?? 0));
    }

    /// <summary>Gives the library back what it holds, after the last words.</summary>
    private async Task LeaveAsync(ControlFrame? lastWords, long code)
    {
        if (_net is { } net)
        {
            if (lastWords is { } words && _control is { } control)
            {
                await SayAsync(control, words).ConfigureAwait(true);
            }

            try
            {
                await net.CloseAsync(code).ConfigureAwait(true);
            }
            catch (Exception e) when (IsExpected(e))
            {
                // The peer has gone before.
            }

            await net.DisposeAsync().ConfigureAwait(true);
            await DisposeStreamsAsync().ConfigureAwait(true);
        }

        _endpoint.Forget(this);
    }

    /// <summary>Says the last words and waits until the peer has read them, which it shows by leaving.</summary>
    private static async Task SayAsync(NetStream control, ControlFrame words)
    {
        using var patience = new CancellationTokenSource(_lastWordsTimeout);
        try
        {
            await control.WriteAsync(words.Encode(), completeWrites: true, patience.Token).ConfigureAwait(true);
            await control.ReadsClosed.WaitAsync(patience.Token).ConfigureAwait(true);
        }
        catch (Exception e) when (IsExpected(e) || e is InvalidOperationException)
        {
            // The peer has gone before, or takes no words; the connection is closed all the same.
        }
    }
}
