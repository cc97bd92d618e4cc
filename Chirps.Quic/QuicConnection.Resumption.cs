using Chirps.Quic.Native;

namespace Chirps.Quic;

/// <content>Resumed sessions and early data (RFC 8446 section 2.3, RFC 9001 section 4.6).</content>
internal sealed unsafe partial class QuicConnection
{
    private const int ParametersMax = 512;

    private volatile bool _canSendEarly;
    private bool _earlyOffered;
    private bool _earlyReported;
    private bool _handshakeDone;
    private long _earlyBytes;

    /// <summary>A ticket or a token is only of use for a node known by name.</summary>
    private string? TicketName => _verified ? _peer.Node : null;

    /// <summary>TLS has a ticket of the server: with the transport parameters it makes the next handshake short.</summary>
    internal void TicketReceived()
    {
        _tlsEnded = true;
        GnuTlsDatum data;
        if (TicketName is not { } node || !_endpoint.Tls.IsCurrent(_credentials) || GnuTls.SessionGetData(_session, &data) != 0)
        {
            return;
        }

        var session = new ReadOnlySpan<byte>(data.Data, (int)data.Size).ToArray();
        GnuTls.Free(data.Data);
        var parameters = stackalloc byte[ParametersMax];
        var length = Ngtcp2.EncodeEarlyParams(_native, parameters, ParametersMax);
        if (length > 0)
        {
            _endpoint.Tls.Tickets.Add(node, session, new ReadOnlySpan<byte>(parameters, (int)length).ToArray());
        }
    }

    internal void AddressTokenReceived(ReadOnlySpan<byte> token)
    {
        if (TicketName is { } node && token.Length <= QuicEndpoint.TokenMax)
        {
            _endpoint.Tls.Tickets.AddToken(node, token.ToArray());
        }
    }

    /// <summary>A client with a ticket may send under the parameters the server had then.</summary>
    private void AllowEarlyData(SessionTicket? ticket)
    {
        if (_options.Resumption != Resumption.EarlyData || ticket?.Session == null || ticket.Parameters == null)
        {
            return;
        }

        fixed (byte* parameters = ticket.Parameters)
        {
            _earlyOffered = Ngtcp2.SetEarlyParams(_native, parameters, (nuint)ticket.Parameters.Length) == 0;
        }

        if (_earlyOffered)
        {
            _peerDatagramMax = (int)Math.Min(Ngtcp2.GetRemoteTransportParams(_native)->MaxDatagramFrameSize, ushort.MaxValue);
            PublishDatagramSize((int)Ngtcp2.GetPathMaxTxUdpPayloadSize(_native));
            _canSendEarly = true;
        }
    }

    /// <summary>Bytes that a client may send before the handshake is done; unbounded otherwise.</summary>
    private long EarlyLeft => _handshakeDone || _isServer ? long.MaxValue : Math.Max(0, _options.EarlyDataMaxBytes - _earlyBytes);

    private void ChargeEarly(long bytes) => _earlyBytes += _handshakeDone ? 0 : bytes;

    /// <summary>A server has got early data: who sent it is known by the ticket, and judged anew.</summary>
    /// <returns>False when the connection must end.</returns>
    private bool TakeEarly(int bytes)
    {
        if (_handshakeDone || !_isServer)
        {
            return true;
        }

        if (!_verified && !VerifyPeer(_session))
        {
            return false;
        }

        _earlyBytes += bytes;
        if (_earlyBytes > _options.EarlyDataMaxBytes)
        {
            return false;
        }

        if (!_earlyReported)
        {
            _earlyReported = true;
            try
            {
                _handler.EarlyDataStarted(this);
            }
            catch (Exception e)
            {
                HandlerFailed(e);
            }
        }

        return true;
    }

    /// <summary>TLS is done: finds out what became of the ticket.</summary>
    /// <returns>False when the connection must end.</returns>
    private bool JudgeResumption()
    {
        var resumed = GnuTls.SessionIsResumed(_session) != 0;
        var early = resumed && (GnuTls.SessionGetFlags(_session) & GnuTls.SessionEarlyData) != 0;
        Handshake = early ? HandshakeKind.Early : resumed ? HandshakeKind.Resumed : HandshakeKind.Full;

        // No certificate travels with a resumption and TLS asks nobody: what was good then may be expired or untrusted now.
        if (resumed && !_verified && !VerifyPeer(_session))
        {
            return false;
        }

        _handshakeDone = true;
        _openBlocked = false;
        if (_earlyOffered && !early)
        {
            return RepeatEarlyData();
        }

        return true;
    }

    /// <summary>The server has refused the early data: nothing of it exists any more, so the streams are opened and sent again.</summary>
    private bool RepeatEarlyData()
    {
        _endpoint.Counters.EarlyDataRefused();
        if (Ngtcp2.EarlyDataRejected(_native) != 0)
        {
            return false;
        }

        foreach (var stream in _streams)
        {
            _ready.Remove(stream);
            stream.Reopen();
            _openingEarly.Enqueue(stream);
        }

        _streams.Clear();
        Volatile.Write(ref _work, 1);
        return true;
    }

    /// <summary>A server gives the client what makes its next connection short.</summary>
    private void GiveTickets()
    {
        if (_options.Resumption != Resumption.None)
        {
            _ = GnuTls.TicketSend(_session, 1, 0);
        }

        var token = stackalloc byte[QuicEndpoint.TokenMax];
        var length = _endpoint.WriteRegularToken(_remote, _remoteLength, token);
        if (length > 0)
        {
            _ = Ngtcp2.SubmitNewToken(_native, token, (nuint)length);
        }
    }
}
