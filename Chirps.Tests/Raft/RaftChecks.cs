using Chirps.Engine.Membership;
using Chirps.Simulation;
using RaftKv.Core;

namespace Chirps.Tests.Raft;

/// <summary>What must hold in every step (Raft, figure 3).</summary>
internal sealed class RaftChecks
{
    private readonly Dictionary<(ulong Group, ulong Term), MemberId> _leaders = [];
    private readonly Dictionary<(ulong Group, ulong Index, ulong Term), (ulong Before, int Data)> _entries = [];
    private readonly Dictionary<(ulong Group, ulong Index), (ulong Term, int Data)> _applied = [];

    /// <summary>Terms with a leader, of all groups.</summary>
    public int Leaders => _leaders.Count;

    /// <summary>Entries decided, of all groups.</summary>
    public int Applied => _applied.Count;

    /// <summary>Election safety: at most one leader in a term.</summary>
    public void Leads(ulong group, RaftCore core)
    {
        if (core.Role == RaftRole.Leader && !_leaders.TryAdd((group, core.Term), core.Self) && _leaders[(group, core.Term)] != core.Self)
        {
            throw new InvariantException($"group {group}: {core.Self} and {_leaders[(group, core.Term)]} both lead in term {core.Term}");
        }
    }

    /// <summary>Log matching: an index and a term name one entry, behind one entry.</summary>
    public void Stores(ulong group, RaftCore core, LogEntry entry)
    {
        if (core.TermAt(entry.Index - 1) is not { } before)
        {
            return;
        }

        var value = (before, Hash(entry));
        if (!_entries.TryAdd((group, entry.Index, entry.Term), value) && _entries[(group, entry.Index, entry.Term)] != value)
        {
            throw new InvariantException($"group {group}: entry {entry.Index} of term {entry.Term} at {core.Self} differs from another of that name");
        }
    }

    /// <summary>State-machine safety: one entry for an index is ever applied.</summary>
    public void Applies(ulong group, MemberId node, LogEntry entry)
    {
        var value = (entry.Term, Hash(entry));
        if (!_applied.TryAdd((group, entry.Index), value) && _applied[(group, entry.Index)] != value)
        {
            throw new InvariantException($"group {group}: {node} applies another entry {entry.Index} than others did");
        }
    }

    private static int Hash(in LogEntry entry)
    {
        var hash = default(HashCode);
        hash.Add(entry.Kind);
        hash.AddBytes(entry.Data.Span);
        return hash.ToHashCode();
    }
}
