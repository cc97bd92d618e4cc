using System.Text;
using Chirps.Quic.Io;
using Chirps.Quic.Native;

namespace Chirps.Quic;

/// <content>How connections end. Under the gate, on the endpoint's thread.</content>
internal sealed unsafe partial class QuicConnection
{
    private const ulong TransportInternalError = 1;
    private const int ReasonBytesMax = 256;
    private const int ClosePacketMax = 1200;

    /// <summary>Probe timeouts for which late packets are answered or ignored (RFC 9000 section 10.2).</summary>
    private const ulong ClosingTimeouts = 3;

    private byte[]? _closePacket;
    private int _packetsWhileClosing;
    private bool _closedReported;
    private bool _resetByPeer;

    /// <summary>Ends the connection with its endpoint.</summary>
    internal void Shutdown()
    {
        lock (_gate)
        {
            if (_phase < ConnectionPhase.Closing)
            {
                const string Reason = "endpoint closed";
                EnterClosing(new CloseRequest(0, Reason, IsTransport: false), new CloseInfo(CloseKind.EndpointClosed, 0, Reason, PeerRefusal.None, _verdict.Peer), Advance(Clock.Now));
            }

            Destroy();
        }
    }

    private void CloseByRequest(CloseRequest request, ulong now)
        => EnterClosing(request, new CloseInfo(CloseKind.Local, request.Code, request.Reason, PeerRefusal.None, _verdict.Peer), now);

    /// <summary>Ends the connection after an error of ngtcp2.</summary>
    private void Fail(int error, ulong now)
    {
        switch (error)
        {
            case NgError.Draining:
                Drain(now);
                break;
            case NgError.Retry or NgError.DropConnection:
                Finish(Info(CloseKind.Transport, 0, Ngtcp2.Describe(error)));
                Destroy();
                break;
            case NgError.IdleClose:
                Finish(Info(CloseKind.IdleTimeout, 0, "nothing was heard from the peer"));
                Destroy();
                break;
            case NgError.HandshakeTimeout:
                Finish(Info(CloseKind.HandshakeTimeout, 0, "the handshake took too long"));
                Destroy();
                break;
            case NgError.Crypto:
                FailHandshake(now);
                break;
            case NgError.CallbackFailure when _verdict.Refusal != PeerRefusal.None:
                FailHandshake(now); // of a resumed session, where TLS asks nobody about the certificate
                break;
            default:
                FailByLibrary(error, now);
                break;
        }
    }

    private CloseInfo Info(CloseKind kind, ulong code, string reason) => new(kind, code, reason, PeerRefusal.None, _verdict.Peer);

    /// <summary>The peer has closed, or has lost the connection's state.</summary>
    private void Drain(ulong now)
    {
        CloseInfo info;
        if (_resetByPeer)
        {
            info = Info(CloseKind.StatelessReset, 0, "the peer lost the connection's state");
        }
        else
        {
            var error = Ngtcp2.GetCloseError(_native);
            var reason = ReadReason(error);
            if (error->Type == NgCloseError.ApplicationType)
            {
                info = Info(CloseKind.Peer, error->Code, reason);
            }
            else if (PeerVerifier.TryReadRefusal(error->Code, reason, out var refusal))
            {
                info = Info(CloseKind.PeerRefusedUs, error->Code, reason) with { Refusal = refusal };
            }
            else
            {
                info = Info(CloseKind.Transport, error->Code, reason);
            }
        }

        BeginClosing(now);
        Finish(info);
    }

    /// <summary>The peer's words, fit for a log line.</summary>
    private static string ReadReason(NgCloseError* error)
    {
        if (error->Reason == null)
        {
            return string.Empty;
        }

        var text = Encoding.UTF8.GetString(error->Reason, (int)Math.Min(error->ReasonLength, ReasonBytesMax));
        return text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '?' : c)) : text;
    }

    /// <summary>TLS has failed; most often because we refused the peer's certificate.</summary>
    private void FailHandshake(ulong now)
    {
        var alert = Ngtcp2.GetTlsAlert(_native);
        if (_verdict.Refusal == PeerRefusal.None && _isServer && PeerVerifier.IsMissingCertificate(alert))
        {
            _verdict = new PeerVerdict(PeerRefusal.NoCertificate, null, "no certificate was presented");
        }

        CloseInfo info;
        if (_verdict.Refusal != PeerRefusal.None)
        {
            alert = PeerVerifier.AlertFor(_verdict.Refusal);
            info = new CloseInfo(CloseKind.PeerRefused, 0, $"{_verdict.Refusal}: {_verdict.Detail}", _verdict.Refusal, _verdict.Peer);
        }
        else
        {
            info = Info(CloseKind.Transport, 0, $"TLS alert {alert}");
        }

        var reason = stackalloc byte[ReasonBytesMax];
        var length = Encode(info.Reason, reason);
        NgCloseError error;
        Ngtcp2.CloseErrorDefault(&error);
        Ngtcp2.CloseErrorFromAlert(&error, alert, reason, (nuint)length);
        SendClose(&error, now);
        BeginClosing(now);
        Finish(info with { Code = error.Code });
    }

    private void FailByLibrary(int libraryError, ulong now)
    {
        NgCloseError error;
        Ngtcp2.CloseErrorDefault(&error);
        Ngtcp2.CloseErrorFromLibrary(&error, libraryError, null, 0);
        SendClose(&error, now);
        BeginClosing(now);
        Finish(Info(CloseKind.Transport, error.Code, Ngtcp2.Describe(libraryError)));
    }

    private void EnterClosing(CloseRequest request, CloseInfo info, ulong now)
    {
        var reason = stackalloc byte[ReasonBytesMax];
        var length = Encode(request.Reason, reason);
        NgCloseError error;
        Ngtcp2.CloseErrorDefault(&error);
        if (request.IsTransport)
        {
            Ngtcp2.CloseErrorFromTransport(&error, request.Code, reason, (nuint)length);
        }
        else
        {
            Ngtcp2.CloseErrorFromApplication(&error, request.Code, reason, (nuint)length);
        }

        SendClose(&error, now);
        BeginClosing(now);
        Finish(info);
    }

    /// <summary>Writes as many whole characters as fit.</summary>
    private static int Encode(string text, byte* destination)
    {
        Encoding.UTF8.GetEncoder().Convert(text, new Span<byte>(destination, ReasonBytesMax), flush: true, out _, out var length, out _);
        return length;
    }

    private void SendClose(NgCloseError* error, ulong now)
    {
        NgPathStorage path;
        NgPathStorage.Initialize(&path);
        NgPacketInfo info;
        var packet = stackalloc byte[ClosePacketMax];
        var length = (int)Ngtcp2.WriteConnectionClose(_native, &path.Path, Ngtcp2.PacketInfoVersion, &info, packet, ClosePacketMax, error, now);
        if (length <= 0)
        {
            return; // nothing can be said yet, or any more
        }

        new ReadOnlySpan<byte>(path.Path.Remote.Address, (int)path.Path.Remote.Length).CopyTo(new Span<byte>(_remote, SocketAddressBytes.SizeMax));
        _remoteLength = path.Path.Remote.Length;
        _closePacket = new ReadOnlySpan<byte>(packet, length).ToArray();
        CountPacket(length);
        _endpoint.Socket.Send(path.Path, packet, length, length, 0);
    }

    /// <summary>Answers packets of a peer that has not seen our close, more and more rarely.</summary>
    private void RepeatClose()
    {
        _packetsWhileClosing++;
        if (_closePacket == null || !int.IsPow2(_packetsWhileClosing))
        {
            return;
        }

        NgPath path = default;
        path.Remote.Address = _remote;
        path.Remote.Length = _remoteLength;
        fixed (byte* packet = _closePacket)
        {
            _endpoint.Socket.Send(path, packet, _closePacket.Length, _closePacket.Length, 0);
        }
    }

    private void BeginClosing(ulong now)
    {
        SetExpiry(now + (ClosingTimeouts * Ngtcp2.GetPto(_native)));
    }

    /// <summary>Tells the owner, once, and counts.</summary>
    private void Finish(CloseInfo info)
    {
        _phase = ConnectionPhase.Closing;
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
        if (_closedReported || (_isServer && !_connectedReported && !_earlyReported && info.Refusal == PeerRefusal.None))
        {
            return;
        }

        _closedReported = true;
        try
        {
            _handler.Closed(this, info);
        }
        catch (Exception e)
        {
            _endpoint.LogHandlerFailed(this, e);
        }
    }
}
