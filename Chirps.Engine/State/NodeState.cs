using Chirps.Engine.Membership;
using Chirps.Engine.Time;
using Chirps.Engine.Wire;

namespace Chirps.Engine.State;

/// <summary>The key-values of one process of one node, written by that process alone (van Renesse et al., "Scuttlebutt"; chitchat's variant).</summary>
/// <remarks>
/// With <see cref="MaxVersion"/> m and <see cref="LastGcVersion"/> g it holds every live key written up to m and every deletion in
/// (g, m], none at or below g. While a reset is under way g may exceed m. The pair (g, m) never decreases within one process.
/// </remarks>
internal sealed class NodeState
{
    private const int SupersededMax = 16;

    private static readonly Dictionary<string, StateSlot> _noKeys = [];
    private static readonly List<StateSlot> _noVersions = [];

    // Most members of a large mesh never write: they share the empty collections.
    private Dictionary<string, StateSlot> _byKey = _noKeys;
    private List<StateSlot> _byVersion = _noVersions;
    private int _superseded;
    private NodeStateView? _view;

    /// <summary>Creates the empty state of a process.</summary>
    /// <param name="id">The node's name.</param>
    /// <param name="nameUtf8">The name as it travels.</param>
    /// <param name="generation">Which process.</param>
    public NodeState(MemberId id, byte[] nameUtf8, Generation generation)
    {
        Id = id;
        NameUtf8 = nameUtf8;
        Generation = generation;
        NameHash = NameHasher.Of(nameUtf8);
    }

    /// <summary>The node's name.</summary>
    public MemberId Id { get; }

    /// <summary>The name as it travels.</summary>
    public byte[] NameUtf8 { get; }

    /// <summary>The hash of the name; decides the bucket.</summary>
    public ulong NameHash { get; }

    /// <summary>Which process.</summary>
    public Generation Generation { get; private set; }

    /// <summary>Everything written up to this version is held.</summary>
    public ulong MaxVersion { get; private set; }

    /// <summary>Deletions up to this version are forgotten.</summary>
    public ulong LastGcVersion { get; private set; }

    /// <summary>What the keys cost in the quotas.</summary>
    public int Bytes { get; private set; }

    /// <summary>When the node was held dead or left first; <see langword="null"/> while it is present.</summary>
    public MeshInstant? GoneSince { get; set; }

    /// <summary>Whether the readiness rule held when it was last asked.</summary>
    public bool WasReady { get; set; }

    /// <summary>What summaries add up: the same for the same node, process and version, and zero without any write.</summary>
    public uint Fingerprint => MaxVersion == 0 ? 0 : (uint)(NameHasher.Mix(NameHash ^ NameHasher.Mix(Generation.Value ^ NameHasher.Mix(MaxVersion))) >> 32) | 1;

    /// <summary>Finds what is held of a key, deleted or not.</summary>
    public StateSlot? Find(string key) => _byKey.GetValueOrDefault(key);

    /// <summary>How many keys were written after a version, deletions included.</summary>
    public int CountAfter(ulong version) => _byVersion.Count - FirstAfter(version);

    /// <summary>Puts a key under a version higher than every one before. The caller has checked the quotas.</summary>
    /// <returns>What was held of the key before.</returns>
    public StateSlot? Put(StateSlot slot)
    {
        if (ReferenceEquals(_byKey, _noKeys))
        {
            _byKey = new Dictionary<string, StateSlot>(StringComparer.Ordinal);
            _byVersion = [];
        }

        var before = _byKey.GetValueOrDefault(slot.Key);
        if (before is not null)
        {
            before.IsSuperseded = true;
            Bytes -= before.Bytes;
            _superseded++;
        }

        _byKey[slot.Key] = slot;
        _byVersion.Add(slot);
        Bytes += slot.Bytes;
        MaxVersion = slot.Version;
        _view = null;
        if (_superseded > SupersededMax && _superseded > _byKey.Count)
        {
            DropSuperseded();
        }

        return before;
    }

    /// <summary>Notes that nothing is missing up to a version.</summary>
    public void Complete(ulong version)
    {
        if (version > MaxVersion)
        {
            MaxVersion = version;
            _view = null;
        }
    }

    /// <summary>Drops all keys; they come anew from an owner or holder whose last collection is at a version.</summary>
    public void Reset(ulong lastGcVersion)
    {
        Clear();
        LastGcVersion = lastGcVersion;
    }

    /// <summary>Begins anew for a later process of the node.</summary>
    public void Renew(Generation generation)
    {
        Clear();
        LastGcVersion = 0;
        Generation = generation;
    }

    /// <summary>Keeps the keys under the next generation: this very process took a new identity.</summary>
    public void Rename(Generation generation)
    {
        Generation = generation;
        _view = null;
    }

    /// <summary>Forgets deletions, and keys marked to go, that are older than the grace period (chitchat).</summary>
    /// <param name="before">What was learnt at this instant or earlier.</param>
    /// <param name="gone">Where to add the visible keys that went.</param>
    public void Collect(MeshInstant before, List<StateSlot> gone)
    {
        if (_byVersion.Count == 0)
        {
            return;
        }

        var kept = 0;
        for (var index = 0; index < _byVersion.Count; index++)
        {
            var slot = _byVersion[index];
            if (slot.IsSuperseded)
            {
                continue;
            }

            if (slot.Status == StateKeyStatus.Set || slot.At > before)
            {
                _byVersion[kept++] = slot;
                continue;
            }

            _byKey.Remove(slot.Key);
            Bytes -= slot.Bytes;
            LastGcVersion = Math.Max(LastGcVersion, slot.Version);
            _view = null;
            if (slot.Status == StateKeyStatus.DeleteAfterTtl)
            {
                gone.Add(slot);
            }
        }

        _byVersion.RemoveRange(kept, _byVersion.Count - kept);
        _superseded = 0;
    }

    /// <summary>The earliest instant at which the owner must delete a key, and the key.</summary>
    public StateSlot? NextToExpire()
    {
        StateSlot? next = null;
        foreach (var slot in _byVersion)
        {
            if (!slot.IsSuperseded && slot.Expires is { } at && (next is null || at < next.Expires))
            {
                next = slot;
            }
        }

        return next;
    }

    /// <summary>Writes the keys after a version, oldest first, until the next one does not fit: a correct prefix.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="from">The version the receiver has; on return the version it will have.</param>
    /// <returns>Whether nothing is left to write.</returns>
    public bool WriteDelta(scoped ref ByteWriter writer, ref ulong from)
    {
        var index = FirstAfter(from);
        var room = writer.Room - StateCodec.DeltaHeadBytes(NameUtf8.Length);
        if (room < 0 || (NextVisible(ref index) is { } first && StateCodec.KeyBytes(first) > room))
        {
            return false;
        }

        var head = writer.Take(StateCodec.DeltaHeadBytes(NameUtf8.Length));
        var start = from;
        var count = 0;
        var slot = NextVisible(ref index);
        for (; slot is not null && StateCodec.KeyBytes(slot) <= writer.Room && count < StateCodec.KeysPerDeltaMax; slot = NextVisible(ref index))
        {
            StateCodec.WriteKey(ref writer, slot);
            from = slot.Version;
            index++;
            count++;
        }

        from = slot is null ? MaxVersion : from;
        StateCodec.WriteDeltaHead(head, this, start, from, count);
        return slot is null;
    }

    /// <summary>The state as readers see it, made once per change.</summary>
    public NodeStateView ToView()
    {
        if (_view is null)
        {
            var entries = new List<StateEntry>(_byKey.Count);
            foreach (var slot in _byVersion)
            {
                if (!slot.IsSuperseded && slot.Status != StateKeyStatus.Deleted)
                {
                    entries.Add(new StateEntry(slot.Key, slot.Value, slot.Version, slot.Status));
                }
            }

            _view = new NodeStateView(Id, Generation, MaxVersion, LastGcVersion, entries);
        }

        return _view;
    }

    private StateSlot? NextVisible(ref int index)
    {
        while (index < _byVersion.Count && _byVersion[index].IsSuperseded)
        {
            index++;
        }

        return index < _byVersion.Count ? _byVersion[index] : null;
    }

    private int FirstAfter(ulong version)
    {
        var low = 0;
        var high = _byVersion.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_byVersion[middle].Version <= version)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private void DropSuperseded()
    {
        _byVersion.RemoveAll(static slot => slot.IsSuperseded);
        _superseded = 0;
    }

    private void Clear()
    {
        _byKey = _noKeys;
        _byVersion = _noVersions;
        _superseded = 0;
        Bytes = 0;
        MaxVersion = 0;
        _view = null;
    }
}
