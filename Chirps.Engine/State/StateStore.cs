using System.Text;
using Chirps.Engine.Membership;
using Chirps.Engine.Time;
using Chirps.Engine.Wire;

namespace Chirps.Engine.State;

/// <summary>The key-values of all nodes as this node holds them: writes its own, merges the others', counts what they cost.</summary>
/// <remarks>Which nodes there are is decided by membership: a state is opened with a member and closed with it.</remarks>
internal sealed class StateStore
{
    private readonly StateSettings _settings;
    private readonly List<NodeState> _nodes = [];
    private readonly uint[] _buckets = new uint[StateCodec.Buckets];
    private readonly BoundedLog<StateChange> _changes;
    private readonly List<StateSlot> _gone = [];
    private ulong _number;

    /// <summary>Creates the store with this node's own empty state.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="own">This node's own state.</param>
    public StateStore(StateSettings settings, NodeState own)
    {
        _settings = settings;
        _changes = new BoundedLog<StateChange>(settings.ChangesMax);
        Own = own;
        Open(own);
    }

    /// <summary>This node's own state.</summary>
    public NodeState Own { get; }

    /// <summary>All states, in the order they were opened; only to be read.</summary>
    public List<NodeState> Nodes => _nodes;

    /// <summary>What all of them cost.</summary>
    public long Bytes { get; private set; }

    /// <summary>Changes that were overwritten before they were taken.</summary>
    public long ChangesLost { get; private set; }

    /// <summary>One hash for each bucket of names, over the present nodes.</summary>
    public ReadOnlySpan<uint> Buckets => _buckets;

    /// <summary>Takes the oldest change.</summary>
    public bool TryTakeChange(out StateChange change) => _changes.TryTake(out change);

    /// <summary>Begins to hold a node's state.</summary>
    public void Open(NodeState node)
    {
        _nodes.Add(node);
        Toggle(node);
        CheckReady(node);
    }

    /// <summary>Forgets a node's state.</summary>
    public void Close(NodeState node)
    {
        Toggle(node);
        Bytes -= node.Bytes;
        _nodes.Remove(node);
    }

    /// <summary>Notes whether the node is a present member.</summary>
    public void SetPresent(MeshInstant now, NodeState node, bool isPresent)
    {
        if (isPresent != node.GoneSince is null)
        {
            Toggle(node);
            node.GoneSince = isPresent ? null : now;
            Toggle(node);
            CheckReady(node);
        }
    }

    /// <summary>Drops what an earlier process of the node wrote.</summary>
    public void Renew(NodeState node, Generation generation)
    {
        var hadKeys = node.MaxVersion > 0;
        Toggle(node);
        Bytes -= node.Bytes;
        node.Renew(generation);
        Toggle(node);
        if (hadKeys)
        {
            Emit(StateChangeKind.Reset, node);
        }

        CheckReady(node);
    }

    /// <summary>Carries this node's own keys over to the generation it took.</summary>
    public void RenameOwn(Generation generation)
    {
        Toggle(Own);
        Own.Rename(generation);
        Toggle(Own);
    }

    /// <summary>Writes a key of this node.</summary>
    public StateWriteResult Write(MeshInstant now, string key, ReadOnlyMemory<byte> value, StateKeyStatus status, MeshInstant? expires = null)
    {
        var before = Own.Find(key);
        var isMissing = before is null or { Status: StateKeyStatus.Deleted };
        if (status != StateKeyStatus.Set && isMissing)
        {
            return StateWriteResult.Unchanged;
        }

        var isSame = before is not null && before.Status == status && before.Value.Span.SequenceEqual(value.Span);
        if (isSame && expires == before!.Expires)
        {
            return StateWriteResult.Unchanged;
        }

        var slot = new StateSlot(key, before?.KeyUtf8 ?? Encoding.UTF8.GetBytes(key), value, Own.MaxVersion + 1, status, now) { Expires = expires };
        if (status == StateKeyStatus.Set && !HasRoom(Own, slot, before))
        {
            return StateWriteResult.OverQuota;
        }

        Put(Own, slot);
        CheckReady(Own);
        return StateWriteResult.Written;
    }

    /// <summary>Merges a run of another node's writes (chitchat; swim.md 7.6 gives the cases).</summary>
    public StateMerge Merge(MeshInstant now, NodeState node, scoped in WireDelta delta)
    {
        if (delta.From > node.MaxVersion)
        {
            return StateMerge.Gap;
        }

        if (delta.LastGcVersion > node.LastGcVersion && delta.LastGcVersion > node.MaxVersion)
        {
            // Deletions this node never heard of may be forgotten by the sender: only a run from the beginning can repair that.
            if (delta.From > 0)
            {
                return StateMerge.Gap;
            }

            Reset(node, delta.LastGcVersion);
        }

        if (node.MaxVersion >= delta.MaxVersion)
        {
            return StateMerge.Stale;
        }

        var held = node.MaxVersion;
        var result = StateMerge.Applied;
        var keys = delta.Keys;
        while (StateCodec.TryNextKey(ref keys, out var key))
        {
            var isForgotten = key.Status != StateKeyStatus.Set && key.Version <= node.LastGcVersion;
            if (key.Version <= held || isForgotten)
            {
                continue;
            }

            if (!TryTake(now, node, key))
            {
                result = StateMerge.OverQuota;
                break;
            }
        }

        if (result == StateMerge.Applied)
        {
            Toggle(node);
            node.Complete(delta.MaxVersion);
            Toggle(node);
        }

        CheckReady(node);
        return result;
    }

    /// <summary>Replaces a node's state by one that was fetched elsewhere.</summary>
    /// <returns>Whether it was newer and was taken.</returns>
    public bool TryRestore(MeshInstant now, NodeState node, NodeStateView view)
    {
        if (view.MaxVersion <= node.MaxVersion || view.MaxVersion < node.LastGcVersion || view.Generation != node.Generation
            || view.Entries.Sum(entry => (long)StateSettings.KeyOverheadBytes + Encoding.UTF8.GetByteCount(entry.Key) + entry.Value.Length) > _settings.NodeBytesMax)
        {
            return false;
        }

        Reset(node, Math.Max(node.LastGcVersion, view.LastGcVersion));
        foreach (var entry in view.Entries.OrderBy(entry => entry.Version))
        {
            Put(node, new StateSlot(entry.Key, Encoding.UTF8.GetBytes(entry.Key), entry.Value.ToArray(), entry.Version, entry.Status, now));
        }

        Toggle(node);
        node.Complete(view.MaxVersion);
        Toggle(node);
        CheckReady(node);
        return true;
    }

    /// <summary>Forgets what is past its grace period, and what belonged to nodes gone for longer than theirs.</summary>
    public void Collect(MeshInstant now)
    {
        foreach (var node in _nodes)
        {
            Bytes -= node.Bytes;
            node.Collect(now - _settings.KeyGrace, _gone);
            Bytes += node.Bytes;
            foreach (var slot in _gone)
            {
                Emit(StateChangeKind.Deleted, node, slot);
            }

            if (_gone.Count > 0)
            {
                _gone.Clear();
                CheckReady(node);
            }

            if (node is { GoneSince: { } since, MaxVersion: > 0 } && now - since >= _settings.DeadGrace)
            {
                Reset(node, node.LastGcVersion);
            }
        }
    }

    /// <summary>Deletes own keys whose time is over.</summary>
    /// <returns>When to look again.</returns>
    public MeshInstant? ExpireOwn(MeshInstant now)
    {
        while (Own.NextToExpire() is { } slot)
        {
            if (slot.Expires > now)
            {
                return slot.Expires;
            }

            Write(now, slot.Key, default, StateKeyStatus.Deleted);
        }

        return null;
    }

    /// <summary>Whether a node's state still takes part: not for the second half of the grace period of one that is gone.</summary>
    public bool IsShared(MeshInstant now, NodeState node) => node.GoneSince is not { } since || now - since < _settings.DeadGrace / 2;

    private bool TryTake(MeshInstant now, NodeState node, scoped in WireKey key)
    {
        var text = Encoding.UTF8.GetString(key.Key);
        var before = node.Find(text);
        var slot = new StateSlot(text, before?.KeyUtf8 ?? key.Key.ToArray(), key.Value.ToArray(), key.Version, key.Status, now);
        if (!HasRoom(node, slot, before))
        {
            return false;
        }

        Put(node, slot);
        return true;
    }

    private bool HasRoom(NodeState node, StateSlot slot, StateSlot? before)
    {
        var more = slot.Bytes - (before?.Bytes ?? 0);
        return slot.Value.Length <= _settings.ValueBytesMax && (more <= 0 || (node.Bytes + more <= _settings.NodeBytesMax && Bytes + more <= _settings.TotalBytesMax));
    }

    private void Put(NodeState node, StateSlot slot)
    {
        Toggle(node);
        Bytes -= node.Bytes;
        var before = node.Put(slot);
        Bytes += node.Bytes;
        Toggle(node);
        if (slot.Status != StateKeyStatus.Deleted)
        {
            Emit(StateChangeKind.Set, node, slot);
        }
        else if (before is not null and not { Status: StateKeyStatus.Deleted })
        {
            Emit(StateChangeKind.Deleted, node, slot);
        }
    }

    private void Reset(NodeState node, ulong lastGcVersion)
    {
        var hadKeys = node.MaxVersion > 0;
        Toggle(node);
        Bytes -= node.Bytes;
        node.Reset(lastGcVersion);
        Toggle(node);
        if (hadKeys)
        {
            Emit(StateChangeKind.Reset, node);
        }
    }

    private void CheckReady(NodeState node)
    {
        if (_settings.IsReady is not { } rule)
        {
            return;
        }

        var isReady = node.GoneSince is null && rule(node.ToView());
        if (isReady != node.WasReady)
        {
            node.WasReady = isReady;
            Emit(isReady ? StateChangeKind.Ready : StateChangeKind.NotReady, node);
        }
    }

    /// <summary>Adds a present node to its bucket, or takes it out: called before and after each change of its version.</summary>
    private void Toggle(NodeState node)
    {
        if (node.GoneSince is null)
        {
            _buckets[StateCodec.BucketOf(node.NameHash)] ^= node.Fingerprint;
        }
    }

    private void Emit(StateChangeKind kind, NodeState node, StateSlot? slot = null)
    {
        var value = kind == StateChangeKind.Set ? slot!.Value : default;
        var change = new StateChange(++_number, kind, node.Id, node.Generation, slot?.Key ?? string.Empty, value, slot?.Version ?? node.MaxVersion);
        ChangesLost += _changes.Add(change) ? 0 : 1;
    }
}
