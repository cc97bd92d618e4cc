using Chirps.Quic;

namespace Chirps.Node.Links;

/// <content>
/// Which of several connections carries the messages. Both peers may dial at the same moment; both then keep the
/// connection dialled by the peer whose name is lower. A move waits until everything sent on the old connection is
/// settled, so the order of messages holds across it.
/// </content>
internal sealed partial class PeerLink
{
    /// <summary>A connection is up; datagrams may use it. Messages wait for the peer's hello.</summary>
    public void Connected(ITransportConnection connection)
    {
        lock (_writing)
        {
            if (_current is null || !_current.Connection.IsOpen)
            {
                Connection = connection;
            }
        }
    }

    /// <summary>The peer has said hello on a connection: decides which one carries the messages.</summary>
    public void Admit(PeerSession session)
    {
        PeerSession? replaced = null;
        lock (_writing)
        {
            var other = _next ?? _current;
            if (other is null || !other.Connection.IsOpen || session.Generation > other.Generation
                || (session.Generation == other.Generation && session.Connection.IsOutgoing == other.Connection.IsOutgoing))
            {
                // Nothing there, or a peer that restarted, or one that dialled again because it lost the old one.
                replaced = _current;
                Use(session);
            }
            else if (session.Generation < other.Generation)
            {
                replaced = session;
            }
            else if (IsPreferred(session))
            {
                _next = session;
                SwitchIfDrained();
            }
            else
            {
                Drain(session);
            }
        }

        if (replaced is not null)
        {
            replaced.Lane.Close();
            replaced.Connection.Close(CloseReplaced, "replaced by another connection");
        }

        Pump();
    }

    /// <summary>A connection is gone: what was unsettled on it is unknown, what waits goes to another one.</summary>
    public void Disconnected(PeerSession session)
    {
        lock (_writing)
        {
            if (ReferenceEquals(_next, session))
            {
                _next = null;
            }

            if (ReferenceEquals(_current, session))
            {
                _current = _next;
                _next = null;
            }

            if (ReferenceEquals(Connection, session.Connection))
            {
                Connection = _current?.Connection;
            }
        }

        session.Lane.Close();
        Pump();
    }

    /// <summary>Closes a connection of ours that neither side uses any more.</summary>
    public static void CloseIfDrained(PeerSession session)
    {
        if (session is { IsDrained: true, IsPeerDrained: true, Connection.IsOutgoing: true })
        {
            session.Connection.Close(CloseReplaced, "both sides use another connection");
        }
    }

    private bool IsPreferred(PeerSession session) => (_self.CompareTo(Peer) < 0) == session.Connection.IsOutgoing;

    private void SwitchIfDrained()
    {
        if (_next is not { } next || _current?.Lane.Pending > 0)
        {
            return;
        }

        var old = _current;
        Use(next);
        if (old is not null)
        {
            Drain(old);
        }
    }

    private void Use(PeerSession session)
    {
        _current = session;
        _next = null;
        Connection = session.Connection;
    }

    private static void Drain(PeerSession session)
    {
        session.IsDrained = true;
        session.Lane.SendDrained();
        CloseIfDrained(session);
    }
}
