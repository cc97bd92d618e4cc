using System.Collections.Concurrent;
using Chirps.Node.Raft;

namespace Chirps.Grains;

/// <summary>The groups that grains of this silo have opened: they outlive the activations, which come and go.</summary>
public sealed class RaftGroupTable(IRaftTransport transport)
{
    private readonly ConcurrentDictionary<long, IRaftGroup> _groups = new();
    private readonly Lock _opening = new();

    /// <summary>Takes part in a group, unless a grain does already.</summary>
    /// <exception cref="InvalidOperationException">Something else on this node has it open.</exception>
    public void Open(long group)
    {
        lock (_opening)
        {
            if (!_groups.ContainsKey(group))
            {
                _groups[group] = transport.Open((ulong)group);
            }
        }
    }

    /// <summary>Ends it, if it is open.</summary>
    public void Close(long group)
    {
        if (_groups.TryRemove(group, out var opened))
        {
            opened.Dispose();
        }
    }

    /// <summary>The open group.</summary>
    /// <exception cref="InvalidOperationException">No grain has opened it.</exception>
    public IRaftGroup Get(long group) => _groups.TryGetValue(group, out var opened) ? opened : throw new InvalidOperationException($"The group {group} is not open; call Open first.");
}
