using Chirps.Engine.Membership;
using Chirps.Quic;

namespace Chirps.Node.Links;

/// <content>Making connections: on demand, after failures with pauses, and anew when their certificates are not today's.</content>
internal sealed partial class PeerConnections
{
    /// <summary>Sees to it that there will be a connection, unless one was tried just now.</summary>
    public void DialPeer(PeerLink link)
    {
        if (link.Connection is not { IsOpen: true } && _events.TryGetAddress(link.Peer, out var address))
        {
            Begin(address, link);
        }
    }

    /// <summary>Dials a peer, and sends a best-effort datagram as soon as the connection is up.</summary>
    /// <returns>Whether it waits, and nothing else had to be given up for it.</returns>
    public bool TrySendWhenConnected(PeerLink link, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        if (header.Length + payload.Length > Dial.DatagramBytesMax)
        {
            DialPeer(link);
            return false;
        }

        if (!_events.TryGetAddress(link.Peer, out var address) || Begin(address, link) is not { } dial)
        {
            return false;
        }

        byte[] datagram = [.. header, .. payload];
        return dial.TrySend(datagram, urgent: false);
    }

    /// <summary>Dials a peer although there is a connection: the new one takes its place.</summary>
    public void Redial(MemberId peer)
    {
        if (_events.TryGetAddress(peer, out var address))
        {
            Begin(address, Link(peer));
        }
    }

    /// <summary>Replaces connections whose certificates are not today's; the side that dialled dials again.</summary>
    private void RenewConnections()
    {
        var now = _wallClock.GetUtcNow();
        foreach (var link in _links.Values)
        {
            if (link.Session is not { IsConfirmed: true, Connection: { IsOpen: true } connection } session)
            {
                continue;
            }

            var step = session.Renewal.Next(now, connection.ValidUntil, connection.HasCurrentCredentials, _options.Tls.RenewWithin, Random.Shared.NextDouble());
            if (step == RenewalStep.Close)
            {
                connection.Close(CloseExpired, "a certificate of the connection has expired");
            }
            else if (step == RenewalStep.Renew && !connection.IsOutgoing)
            {
                session.AskToRenew();
            }
            else if (step == RenewalStep.Renew || session.TakeRenewWanted())
            {
                LogRenewing(link.Peer.ToString());
                Redial(link.Peer);
            }
        }
    }

    /// <summary>Starts a handshake, or finds the one under way.</summary>
    /// <returns><see langword="null"/> while the backoff of the peer runs, or when the node stops.</returns>
    private Dial? Begin(MemberAddress address, PeerLink? link)
    {
        if (_dials.TryGetValue(address, out var known))
        {
            return known;
        }

        if (_stopping || Volatile.Read(ref _endpoint) is not { } endpoint)
        {
            return null;
        }

        if (link is not null)
        {
            lock (link.Backoff)
            {
                if (!link.Backoff.IsOver)
                {
                    return null;
                }
            }
        }

        var dial = new Dial(address, link);
        if (!_dials.TryAdd(address, dial))
        {
            return _dials.TryGetValue(address, out known) ? known : null;
        }

        try
        {
            var connection = endpoint.Connect(address.ToIPEndPoint(), link?.Peer.ToString());
            if (link is not null && connection.CanSendEarly)
            {
                BeginEarly(connection, link, dial);
            }

            return dial;
        }
        catch (Exception exception) when (exception is ArgumentException or ObjectDisposedException)
        {
            // An address that a peer made up, of the other family for example, or an endpoint that is just closing.
            _dials.TryRemove(address, out _);
            LogNotDialled(address.ToString(), exception.Message);
            Failed(link);
            return null;
        }
    }

    /// <summary>A resumed connection: what is harmless twice goes with the first flight.</summary>
    private void BeginEarly(ITransportConnection connection, PeerLink link, Dial dial)
    {
        lock (connection)
        {
            if (!connection.CanSendEarly || connection.State is not null)
            {
                return; // the handshake was faster
            }

            dial.Connection = connection;
            link.BeginEarly(new PeerSession(connection, link.Peer, link, _options.Limits.FrameBytesMax));
        }
    }

    private void DialFailed(MemberAddress address, in CloseInfo info)
    {
        _metrics.DialFailed();
        LogDialFailed(address.ToString(), info.Kind, info.Refusal, info.Reason);
        if (_dials.TryRemove(address, out var dial))
        {
            foreach (var _ in dial.Take())
            {
                _metrics.MessageDropped(DropReason.NotConnected);
            }

            Failed(dial.Link);
        }
    }

    private void Failed(PeerLink? link)
    {
        if (link is not null)
        {
            lock (link.Backoff)
            {
                link.Backoff.Failed(_options.Backends.Quic.ReconnectFirst, _options.Backends.Quic.ReconnectMax);
            }
        }
    }
}
