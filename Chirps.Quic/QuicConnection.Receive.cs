using Chirps.Quic.Io;
using Chirps.Quic.Native;

namespace Chirps.Quic;

/// <content>Packets in, and what they mean for the owner. On the endpoint's thread.</content>
internal sealed unsafe partial class QuicConnection
{
    private PeerVerdict _verdict;
    private bool _verified;
    private bool _connectedReported;
    private int _peerDatagramMax;
    private long _packetsReceived;
    private long _bytesReceived;
    private long _datagramsReceived;

    /// <summary>Takes one packet of the current batch.</summary>
    internal void Receive(in ReceivedMessage message, byte* packet, int length, ulong now)
    {
        lock (_gate)
        {
            if (_phase == ConnectionPhase.Dead)
            {
                return;
            }

            _packetsReceived++;
            _bytesReceived += length;
            if (_phase == ConnectionPhase.Closing)
            {
                RepeatClose();
                return;
            }

            // A client has one local address as far as it knows; the kernel picks the real one.
            NgPath path = default;
            path.Local.Address = _isServer ? message.Local : _endpoint.Socket.LocalAddress;
            path.Local.Length = _isServer ? message.LocalLength : _endpoint.Socket.LocalAddressLength;
            path.Remote.Address = message.Remote;
            path.Remote.Length = message.RemoteLength;
            NgPacketInfo info;
            info.Ecn = (ulong)message.Ecn;
            now = Advance(now);
            var error = Ngtcp2.ReadPacket(_native, &path, Ngtcp2.PacketInfoVersion, &info, packet, (nuint)length, now);
            if (error != 0)
            {
                Fail(error, now);
            }
            else
            {
                Volatile.Write(ref _work, 1);
            }
        }
    }

    /// <summary>All packets of a batch were taken.</summary>
    internal void EndBatch()
    {
        lock (_gate)
        {
            if (IsOpen)
            {
                try
                {
                    _handler.BatchEnded(this);
                }
                catch (Exception e)
                {
                    HandlerFailed(e);
                }
            }
        }

        InBatch = false;
        Pump();
    }

    /// <summary>The TLS library asks whether the peer's certificate is good.</summary>
    internal bool VerifyPeer(void* session)
    {
        _verdict = PeerVerifier.Judge(session, _credentials.Verified, peerIsClient: _isServer, _endpoint.Identity, _expectedNode);
        if (_verdict.Refusal != PeerRefusal.None)
        {
            return false;
        }

        _peer = _verdict.Peer!.Value;
        ValidUntil = _verdict.NotAfter < _credentials.NotAfter ? _verdict.NotAfter : _credentials.NotAfter;
        _verified = true;
        return true;
    }

    /// <summary>Both sides have the other's certificate; the client does not know yet whether its own was accepted.</summary>
    private bool HandshakeCompleted()
    {
        if (!JudgeResumption() || !_verified || !_endpoint.Tls.IsOurProtocol(_session))
        {
            return false;
        }

        var parameters = Ngtcp2.GetRemoteTransportParams(_native);
        _peerDatagramMax = (int)Math.Min(parameters->MaxDatagramFrameSize, ushort.MaxValue);
        _urgentReserve = Math.Min(UrgentReserveBytes, parameters->InitialMaxData / 4);
        if (_isServer)
        {
            GiveTickets();
            ReportConnected();
        }

        _tlsEnded = _isServer || _options.Resumption == Resumption.None;

        return true;
    }

    /// <summary>On the client the first sign that the server accepted it: its confirmation, or application data that overtook it.</summary>
    private void ReportConnected()
    {
        if (_connectedReported || _phase != ConnectionPhase.Handshaking || !_handshakeDone)
        {
            return;
        }

        _connectedReported = true;
        _canSendEarly = false;
        EndHandshakePending();
        PublishDatagramSize((int)Ngtcp2.GetPathMaxTxUdpPayloadSize(_native));
        _phase = ConnectionPhase.Open;
        _endpoint.Counters.HandshakeCompleted(Handshake);
        _endpoint.LogConnected(this);
        try
        {
            _handler.Connected(this);
        }
        catch (Exception e)
        {
            HandlerFailed(e);
        }
    }

    /// <returns>False when the connection must end.</returns>
    private bool ReceiveStreamData(QuicStream stream, ReadOnlySpan<byte> data, bool end)
    {
        if (!TakeEarly(data.Length))
        {
            return false;
        }

        ReportConnected();
        stream.Uncredited += data.Length;
        if (_closeRequest == null)
        {
            try
            {
                _handler.StreamData(stream, data, end);
            }
            catch (Exception e)
            {
                HandlerFailed(e);
            }
        }

        if (stream.AutoCredit && data.Length > 0)
        {
            stream.Uncredited -= data.Length;
            _ = Ngtcp2.ExtendMaxStreamOffset(_native, stream.Id, (ulong)data.Length);
            Ngtcp2.ExtendMaxOffset(_native, (ulong)data.Length);
        }

        return true;
    }

    /// <returns>False when the connection must end.</returns>
    private bool ReceiveDatagram(ReadOnlySpan<byte> datagram)
    {
        if (!TakeEarly(datagram.Length))
        {
            return false;
        }

        ReportConnected();
        _datagramsReceived++;
        if (_closeRequest == null)
        {
            try
            {
                _handler.DatagramReceived(this, datagram);
            }
            catch (Exception e)
            {
                HandlerFailed(e);
            }
        }

        return true;
    }

    /// <returns>False when the connection must end.</returns>
    private bool AcceptStream(long id)
    {
        if (!TakeEarly(0))
        {
            return false;
        }

        ReportConnected();
        var stream = NewStream(QuicStream.DefaultPriority);
        stream.Handle = System.Runtime.InteropServices.GCHandle.Alloc(stream);
        stream.SetId(id);
        _streams.Add(stream);
        _ = Ngtcp2.SetStreamUserData(_native, id, (void*)System.Runtime.InteropServices.GCHandle.ToIntPtr(stream.Handle));
        if (_closeRequest == null)
        {
            try
            {
                _handler.StreamOpened(stream);
            }
            catch (Exception e)
            {
                HandlerFailed(e);
            }
        }

        return true;
    }

    private void Acknowledged(QuicStream stream, long upTo)
    {
        if (stream.Send.Acknowledge(upTo) && _closeRequest == null)
        {
            try
            {
                _handler.StreamWritable(stream);
            }
            catch (Exception e)
            {
                HandlerFailed(e);
            }
        }
    }

    private void HandlerFailed(Exception exception)
    {
        _endpoint.LogHandlerFailed(this, exception);
        RequestClose(new CloseRequest(TransportInternalError, $"handler failed: {exception.GetType().Name}", IsTransport: true));
    }
}
