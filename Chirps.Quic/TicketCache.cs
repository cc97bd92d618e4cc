namespace Chirps.Quic;

/// <summary>The newest ticket of each node, each used once. Any thread.</summary>
/// <param name="capacity">Nodes remembered; the one whose ticket is oldest is forgotten first.</param>
internal sealed class TicketCache(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<(string Node, SessionTicket Ticket)>> _byNode = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Node, SessionTicket Ticket)> _order = new();

    /// <summary>Sessions kept.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _byNode.Values.Count(entry => entry.Value.Ticket.Session != null);
            }
        }
    }

    /// <summary>Keeps a session; an address token known for the node stays.</summary>
    public void Add(string node, byte[] session, byte[] parameters)
    {
        lock (_lock)
        {
            Put(node, new SessionTicket(session, parameters, Remove(node)?.AddressToken));
        }
    }

    /// <summary>Keeps an address token; a session known for the node stays.</summary>
    public void AddToken(string node, byte[] token)
    {
        lock (_lock)
        {
            var known = Remove(node);
            Put(node, new SessionTicket(known?.Session, known?.Parameters, token));
        }
    }

    /// <summary>Takes the ticket of a node out; null when there is none.</summary>
    public SessionTicket? Take(string node)
    {
        lock (_lock)
        {
            return Remove(node);
        }
    }

    /// <summary>Forgets all sessions.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            _byNode.Clear();
            _order.Clear();
        }
    }

    private SessionTicket? Remove(string node)
    {
        if (!_byNode.Remove(node, out var entry))
        {
            return null;
        }

        _order.Remove(entry);
        return entry.Value.Ticket;
    }

    private void Put(string node, SessionTicket ticket)
    {
        _byNode[node] = _order.AddLast((node, ticket));
        if (_byNode.Count > capacity)
        {
            Remove(_order.First!.Value.Node);
        }
    }
}
