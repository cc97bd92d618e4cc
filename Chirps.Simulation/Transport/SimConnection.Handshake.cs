using System.Security.Cryptography.X509Certificates;
using Chirps.Engine.Time;
using Chirps.Quic;

namespace Chirps.Simulation.Transport;

/// <content>Handshakes, in the order of TLS 1.3: the client judges first. And how connections end.</content>
internal sealed partial class SimConnection
{
    /// <summary>QUIC carries TLS alerts as 0x100 plus the alert (RFC 9001 section 4.8).</summary>
    private const ulong CryptoErrorBase = 0x100;

    private const int ReasonBytesMax = 256;

    private PeerVerdict _verdict = new(PeerRefusal.NoCertificate, null, "no certificate was presented");
    private MeshInstant _lastHeard;
    private bool _ended;
    private bool _connectedReported;
    private bool _handshakePending;

    /// <summary>Starts the handshake of the dialling side.</summary>
    internal void Dial()
    {
        WatchHandshake();
        Knock();
    }

    /// <summary>Answers a dial.</summary>
    internal void Answer(SimConnection client)
    {
        _handshakePending = true;
        Endpoint.Counters.HandshakePending(1);
        WatchHandshake();
        Pair(client);
        client.Pair(this);
        Send(receiver => receiver.JudgePeer());
    }

    /// <summary>The other side, or what is in its place, ends the handshake by a transport error.</summary>
    internal void Fail(ulong code, string reason)
        => World.At(World.Now + World.Network.Link.Delay, () => End(Info(CloseKind.Transport, code, reason), null));

    /// <summary>Ends the connection with its endpoint.</summary>
    internal void ShutDown() => EndLocally(CloseKind.EndpointClosed, CloseKind.Peer, 0, "endpoint closed");

    private void Knock()
    {
        if (_ended || _pipe != null)
        {
            return;
        }

        if (World.Find(RemoteEndPoint) is { } target)
        {
            new SimPipe(World, Endpoint.Node, target.Node).SendOnce(() =>
            {
                if (!_ended && _pipe == null && World.Find(RemoteEndPoint) == target)
                {
                    target.Admit(this);
                }
            });
        }

        World.At(World.Now + TimeSpan.FromMilliseconds(50), Knock);
    }

    private void Pair(SimConnection other)
    {
        _other = other;
        _pipe = new SimPipe(World, Endpoint.Node, other.Endpoint.Node);
        _lastHeard = World.Now;
        SendCredit = other.Options.ConnectionWindowBytes;
        _streamsLeft = other.Options.StreamsPerPeerMax;
    }

    private void JudgePeer()
    {
        var presents = !_other!.IsOutgoing || _other.Options.PresentCertificate;
        _peerCertificate = presents ? X509Certificate2.CreateFromPem(_other._credentials.CertificatePem) : null;
        _verdict = Endpoint.Judge(_peerCertificate, _credentials, peerIsClient: !IsOutgoing, _expectedNode);
        if (_verdict.Refusal != PeerRefusal.None)
        {
            var (refusal, reason) = (_verdict.Refusal, $"{_verdict.Refusal}: {_verdict.Detail}");
            var code = CryptoErrorBase + PeerVerifier.AlertFor(refusal);
            End(
                new CloseInfo(CloseKind.PeerRefused, code, reason, refusal, _verdict.Peer),
                receiver => receiver.End(receiver.Info(CloseKind.PeerRefusedUs, code, reason) with { Refusal = refusal }, null));
        }
        else if (IsOutgoing)
        {
            Send(receiver => receiver.JudgePeer());
        }
        else
        {
            Send(receiver => receiver.ReportConnected());
            ReportConnected();
        }
    }

    private void ReportConnected()
    {
        Peer = _verdict.Peer!.Value;
        using var own = X509Certificate2.CreateFromPem(_credentials.CertificatePem);
        var first = own.NotAfter < _peerCertificate!.NotAfter ? own.NotAfter : _peerCertificate.NotAfter;
        ValidUntil = first.ToUniversalTime();
        _connectedReported = true;
        EndHandshakePending();
        Endpoint.Counters.HandshakeCompleted(HandshakeKind.Full);
        _open = true;
        if (!IsEnding)
        {
            Tell(handler => handler.Connected(this));
        }

        WatchSilence();
        KeepAlive();
        OpenWaiting();
    }

    private void WatchHandshake() => World.At(World.Now + Options.HandshakeTimeout, () =>
    {
        if (!_connectedReported)
        {
            End(Info(CloseKind.HandshakeTimeout, 0, "the handshake took too long"), null);
        }
    });

    private void WatchSilence()
    {
        if (_ended)
        {
            return;
        }

        var timeout = Options.IdleTimeout < _other!.Options.IdleTimeout ? Options.IdleTimeout : _other.Options.IdleTimeout;
        if (World.Now - _lastHeard >= timeout)
        {
            End(Info(CloseKind.IdleTimeout, 0, "nothing was heard from the peer"), null);
            return;
        }

        World.At(_lastHeard + timeout, WatchSilence);
    }

    private void KeepAlive()
    {
        if (_ended || Options.KeepAlive == TimeSpan.Zero)
        {
            return;
        }

        if (World.Now - _lastHeard >= Options.KeepAlive)
        {
            var other = _other!;
            _pipe!.SendOnce(() => other.Hear(receiver => receiver._pipe!.SendOnce(() => Hear(_ => { }))));
        }

        World.At(World.Now + Options.KeepAlive, KeepAlive);
    }

    private void EndHandshakePending()
    {
        if (_handshakePending)
        {
            _handshakePending = false;
            Endpoint.Counters.HandshakePending(-1);
        }
    }

    private CloseInfo Info(CloseKind kind, ulong code, string reason) => new(kind, code, reason, PeerRefusal.None, _verdict.Peer);

    private void EndLocally(CloseKind here, CloseKind there, ulong code, string reason)
    {
        var told = Cut(reason);
        End(Info(here, code, reason), receiver => receiver.End(receiver.Info(there, code, told), null));
    }

    private static string Cut(string reason)
    {
        var bytes = new byte[ReasonBytesMax];
        System.Text.Encoding.UTF8.GetEncoder().Convert(reason, bytes, flush: true, out _, out var length, out _);
        return System.Text.Encoding.UTF8.GetString(bytes, 0, length);
    }

    /// <summary>Tells the owner, once, counts, and tells the other side.</summary>
    private void End(CloseInfo info, Action<SimConnection>? lastWords)
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        _open = false;
        EndHandshakePending();
        if (!_connectedReported)
        {
            Endpoint.Counters.HandshakeEnded(info.Kind);
        }

        if (info.Kind == CloseKind.PeerRefused)
        {
            Endpoint.Counters.Refused(info.Refusal);
        }

        CloseAllStreams();
        if (IsOutgoing || _connectedReported || info.Refusal != PeerRefusal.None)
        {
            Tell(handler => handler.Closed(this, info));
        }

        if (_pipe is { } pipe)
        {
            pipe.IsClosed = true;
            if (lastWords != null)
            {
                new SimPipe(World, Endpoint.Node, _other!.Endpoint.Node).SendOnce(() => _other.Hear(lastWords));
            }
        }

        _peerCertificate?.Dispose();
        Endpoint.Forget(this);
    }
}
