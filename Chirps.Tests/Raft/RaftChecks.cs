using Chirps.Engine.Membership;
using Chirps.Simulation;
using RaftKv.Core;

namespace Chirps.Tests.Raft;

/// <summary>What must hold in every step (Raft, figure 3).</summary>
internal sealed class RaftChecks
{
    private readonly Dictionary<(ulong Group, ulong Term), MemberId> _leaders = [];
    private readonly Dictionary<(ulong Group, ulong Index, ulong Term), (ulong Before, int Data)> _entries = [];
    private readonly Dictionary<(ulong Group, ulong Index), (ulong Term, int Data, ulong DecidedIn)> _applied = [];
    private readonly Dictionary<ulong, ulong> _lastApplied = [];
    private readonly Dictionary<ulong, ulong> _lastTerm = [];
    private readonly Dictionary<(ulong Group, MemberId Node), StoredReplica> _stored = [];

    /// <summary>Terms with a leader, of all groups.</summary>
    public int Leaders => _leaders.Count;

    /// <summary>Entries decided, of all groups.</summary>
    public int Applied => _applied.Count;

    /// <summary>Election safety: at most one leader in a term. Leader completeness: it has every entry that was decided in a term before.</summary>
    public void Leads(ulong group, RaftCore core)
    {
        if (core.Role != RaftRole.Leader)
        {
            return;
        }

        if (!_leaders.TryAdd((group, core.Term), core.Self))
        {
            Require(_leaders[(group, core.Term)] == core.Self, group, $"{core.Self} and {_leaders[(group, core.Term)]} both lead in term {core.Term}");
            return;
        }

        _lastTerm[group] = Math.Max(core.Term, _lastTerm.GetValueOrDefault(group));
        for (var index = core.Snapshot.Index + 1; index <= _lastApplied.GetValueOrDefault(group); index++)
        {
            var (term, _, decidedIn) = _applied[(group, index)];
            Require(decidedIn >= core.Term || core.TermAt(index) == term, group, $"{core.Self} leads in term {core.Term} without entry {index} of term {term}, decided in term {decidedIn}");
        }
    }

    /// <summary>What the last leader takes for stored by a voter is; what it commits is on the disks of a majority.</summary>
    public void Commits(ulong group, RaftCore core, ulong from)
    {
        if (core.Role != RaftRole.Leader || core.Term != _lastTerm[group])
        {
            return;
        }

        foreach (var voter in core.Configuration.Voters)
        {
            var match = core.MatchOf(voter);
            Require(match == 0 || core.TermAt(match) is not { } term || Disk(group, voter).Has(match, term), group, $"{core.Self} takes {match} for stored by {voter}");
        }

        for (var index = from; index <= core.Commit; index++)
        {
            var disks = core.Configuration.Voters.Count(voter => core.TermAt(index) is { } term && Disk(group, voter).Has(index, term));
            Require(disks >= core.Configuration.Quorum, group, $"{core.Self} commits {index}, which {disks} of {core.Configuration} have on disk");
        }
    }

    /// <summary>Up to which index entries are decided.</summary>
    public ulong Decided(ulong group) => _lastApplied.GetValueOrDefault(group);

    /// <summary>A read shows everything that was decided before it was asked for.</summary>
    public static void Reads(ulong group, SimulatedReplica replica, ulong decided)
        => Require(replica.Applied >= decided, group, $"{replica.Core.Self} reads up to {replica.Applied}, and {decided} was decided before");

    /// <summary>Log matching: an index and a term name one entry, behind one entry.</summary>
    public void Stores(ulong group, RaftCore core, LogEntry entry)
    {
        if (core.TermAt(entry.Index - 1) is not { } before)
        {
            return;
        }

        var value = (before, Hash(entry));
        if (!_entries.TryAdd((group, entry.Index, entry.Term), value))
        {
            Require(_entries[(group, entry.Index, entry.Term)] == value, group, $"entry {entry.Index} of term {entry.Term} at {core.Self} differs from another of that name");
        }
    }

    /// <summary>A request is on a node's disk.</summary>
    public void Stored(ulong group, MemberId node, PersistRequest request) => Disk(group, node).Take(request);

    /// <summary>What a node found on its disk: its last term and vote, and no entry of a term that it does not know.</summary>
    public void Recovers(ulong group, MemberId node, HardState hard, RaftLog log)
    {
        Require(log.LastTerm <= hard.Term, group, $"{node} has entries of term {log.LastTerm}, and knows of term {hard.Term}");
        var entries = log.Slice(log.Snapshot.Index + 1, log.Last, int.MaxValue);
        Disk(group, node).Recover(hard, log.Snapshot, entries, problem => Require(false, group, $"{node} {problem}"));
    }

    /// <summary>A message promises what is on the disk of its sender, no more.</summary>
    public void Sends(ulong group, MemberId node, Outbound outbound)
    {
        if (Disk(group, node).Breaks(node, outbound) is { } problem)
        {
            Require(false, group, $"{node} {problem}");
        }
    }

    /// <summary>State-machine safety: one entry for an index is ever applied.</summary>
    public void Applies(ulong group, RaftCore core, LogEntry entry)
    {
        var (term, data) = (entry.Term, Hash(entry));
        if (_applied.TryAdd((group, entry.Index), (term, data, core.Term)))
        {
            _lastApplied[group] = Math.Max(entry.Index, _lastApplied.GetValueOrDefault(group));
            return;
        }

        var first = _applied[(group, entry.Index)];
        Require((first.Term, first.Data) == (term, data), group, $"{core.Self} applies another entry {entry.Index} than others did");
    }

    private static void Require(bool holds, ulong group, string problem)
    {
        if (!holds)
        {
            throw new InvariantException($"group {group}: {problem}");
        }
    }

    private static int Hash(in LogEntry entry)
    {
        var hash = default(HashCode);
        hash.Add(entry.Kind);
        hash.AddBytes(entry.Data.Span);
        return hash.ToHashCode();
    }

    private StoredReplica Disk(ulong group, MemberId node)
    {
        if (!_stored.TryGetValue((group, node), out var stored))
        {
            _stored[(group, node)] = stored = new StoredReplica();
        }

        return stored;
    }
}
