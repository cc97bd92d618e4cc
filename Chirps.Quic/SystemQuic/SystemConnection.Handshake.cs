using System.Net.Quic;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using NetConnection = System.Net.Quic.QuicConnection;
using NetStream = System.Net.Quic.QuicStream;

namespace Chirps.Quic.SystemQuic;

/// <content>From the dial to <see cref="ITransportHandler.Connected"/>.</content>
internal sealed partial class SystemConnection
{
    /// <summary>QUIC carries TLS alerts as 0x100 plus the alert (RFC 9001 section 4.8).</summary>
    private const ulong CryptoErrorBase = 0x100;

    private PeerVerdict _verdict = new(PeerRefusal.NoCertificate, null, "no certificate was presented");
    private NetStream? _control;
    private bool _connectedReported;
    private bool _handshakePending;

    /// <summary>Starts the handshake of the dialling side. On the loop.</summary>
    internal void Dial()
    {
        if (!_ended)
        {
            _ = WatchHandshakeAsync();
            _ = DialAsync();
        }
    }

    /// <summary>An incoming handshake has begun. On the loop.</summary>
    internal void AwaitHandshake()
    {
        _handshakePending = true;
        _ = WatchHandshakeAsync();
    }

    /// <summary>The TLS handshake of an incoming connection is done. On the loop.</summary>
    internal void Accept(NetConnection net)
    {
        _net = net;
        if (_ended)
        {
            _ = LeaveAsync(null, 0);
        }
        else
        {
            _ = AcceptAsync();
        }
    }

    /// <summary>Judges the peer's certificate. On a thread of the library, before the handshake is done.</summary>
    /// <returns>Always true: a refusal is told on the control stream, where there is room for the reason. Until the verdict was
    /// read nothing but that stream is used.</returns>
    internal bool Judge(X509Certificate2? certificate, X509Chain? chain)
    {
        if (certificate != null)
        {
            _peerValidUntil = certificate.NotAfter.ToUniversalTime();
        }

        _verdict = ChainJudge.Judge(certificate, chain, DateTimeOffset.UtcNow, peerIsClient: !IsOutgoing, _endpoint.Identity, _expectedNode);
        return true;
    }

    private async Task DialAsync()
    {
        try
        {
            _net = await NetConnection.ConnectAsync(_endpoint.ClientOptions(this), _lifetime.Token).ConfigureAwait(true);
            if (_ended)
            {
                await LeaveAsync(null, 0).ConfigureAwait(true);
                return;
            }

            _control = await _net.AcceptInboundStreamAsync().ConfigureAwait(true);
            await ExchangeVerdictsAsync().ConfigureAwait(true);
        }
        catch (Exception e) when (IsExpected(e))
        {
            EndBy(e);
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            _control = await _net!.OpenOutboundStreamAsync(QuicStreamType.Bidirectional).ConfigureAwait(true);
            await ExchangeVerdictsAsync().ConfigureAwait(true);
        }
        catch (Exception e) when (IsExpected(e))
        {
            EndBy(e);
        }
    }

    /// <summary>The accepting side speaks first; the dialling side answers once it has heard that it is accepted.</summary>
    private async Task ExchangeVerdictsAsync()
    {
        if (_ended)
        {
            return;
        }

        if (_verdict.Refusal != PeerRefusal.None)
        {
            if (!IsOutgoing)
            {
                await RefuseClientAsync().ConfigureAwait(true);
            }
            else
            {
                RefusePeer();
            }

            return;
        }

        if (!IsOutgoing)
        {
            await SayAsync(ControlFrameKind.Accepted).ConfigureAwait(true);
        }

        var answer = await ControlFrame.ReadAsync(_control!).ConfigureAwait(true);
        if (_ended || !Understand(answer))
        {
            return;
        }

        if (IsOutgoing)
        {
            await SayAsync(ControlFrameKind.Accepted).ConfigureAwait(true);
        }

        if (!_ended)
        {
            ReportConnected();
            _ = AcceptStreamsAsync();
            await ListenToControlAsync().ConfigureAwait(true);
        }
    }

    /// <summary>When each side refuses the other the client's verdict counts on both, as in TLS, where it comes first.</summary>
    private async Task RefuseClientAsync()
    {
        ControlFrame? answer = null;
        try
        {
            await _control!.WriteAsync(Refusal().Encode()).ConfigureAwait(true);
            answer = await ControlFrame.ReadAsync(_control).ConfigureAwait(true);
        }
        catch (Exception e) when (IsExpected(e))
        {
            // The client has read our verdict and left.
        }

        if (!_ended && (answer?.Kind != ControlFrameKind.Refused || Understand(answer)))
        {
            RefusePeer();
        }
    }

    private ControlFrame Refusal() => new(ControlFrameKind.Refused, (ulong)_verdict.Refusal, $"{_verdict.Refusal}: {_verdict.Detail}");

    private async Task SayAsync(ControlFrameKind kind) => await _control!.WriteAsync(new ControlFrame(kind, 0, string.Empty).Encode()).ConfigureAwait(true);

    private async Task ListenToControlAsync()
    {
        while (!_ended && Understand(await ControlFrame.ReadAsync(_control!).ConfigureAwait(true)))
        {
        }
    }

    /// <summary>Acts on what the peer says.</summary>
    /// <returns><see langword="false"/> when nothing is to be expected after it.</returns>
    private bool Understand(ControlFrame? frame)
    {
        switch (frame)
        {
            case { Kind: ControlFrameKind.Accepted }:
                return true;
            case { Kind: ControlFrameKind.Refused } refused when !_connectedReported:
                var reason = refused.Code < (ulong)Enum.GetValues<PeerRefusal>().Length ? (PeerRefusal)refused.Code : PeerRefusal.UntrustedAuthority;
                End(Info(CloseKind.PeerRefusedUs, CryptoErrorBase + PeerVerifier.AlertFor(reason), refused.Text) with { Refusal = reason }, null);
                return false;
            case { Kind: ControlFrameKind.Closed } closed:
                End(Info(CloseKind.Peer, closed.Code, closed.Text), null);
                return false;
            case { Kind: ControlFrameKind.Failed } failed:
                End(Info(CloseKind.Transport, failed.Code, failed.Text), null);
                return false;
            default:
                return false; // how the connection ends is told by whoever accepts its streams
        }
    }

    private void RefusePeer()
    {
        var words = Refusal();
        var code = CryptoErrorBase + PeerVerifier.AlertFor(_verdict.Refusal);
        End(new CloseInfo(CloseKind.PeerRefused, code, words.Text, _verdict.Refusal, _verdict.Peer), words);
    }

    private void ReportConnected()
    {
        _peer = _verdict.Peer!.Value;
        _connectedReported = true;
        EndHandshakePending();
        _endpoint.Counters.HandshakeCompleted(HandshakeKind.Full);
        _endpoint.LogConnected(this);
        _open = true;
        if (!IsEnding)
        {
            Tell(static (handler, connection) => handler.Connected(connection));
        }

        OpenWaiting();
    }

    private void EndHandshakePending()
    {
        if (_handshakePending)
        {
            _handshakePending = false;
            _endpoint.Counters.HandshakePending(-1);
        }
    }

    private async Task WatchHandshakeAsync()
    {
        try
        {
            await Task.Delay(_options.HandshakeTimeout, _lifetime.Token).ConfigureAwait(true);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        if (_control != null && _verdict.Refusal != PeerRefusal.None)
        {
            RefusePeer(); // it was told, and stays
        }
        else if (!_connectedReported)
        {
            End(Info(CloseKind.HandshakeTimeout, 0, "the handshake took too long"), null);
        }
    }

    /// <summary>Whether an exception is a way for a connection or stream to end.</summary>
    internal static bool IsExpected(Exception exception)
        => exception is QuicException or AuthenticationException or SocketException or OperationCanceledException or ObjectDisposedException or IOException;
}
