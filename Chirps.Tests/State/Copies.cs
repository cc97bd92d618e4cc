using System.Text;
using Chirps.Engine.Membership;
using Chirps.Engine.State;
using Chirps.Engine.Time;
using Chirps.Engine.Wire;

namespace Chirps.Tests.State;

/// <summary>The store of an owner, and those of others that copy from each other by hand.</summary>
internal sealed class Copies
{
    private readonly NodeState _held;

    public Copies(StateSettings? settings = null, bool isOwner = false)
    {
        var own = Node(isOwner ? "owner" : "reader");
        Store = new StateStore(settings ?? new StateSettings(), own);
        _held = isOwner ? own : Node("owner");
        if (!isOwner)
        {
            Store.Open(_held);
        }
    }

    public static MeshInstant Start { get; } = new(1_000_000_000);

    public StateStore Store { get; }

    public NodeState Held => _held;

    public string Keys => string.Join(' ', _held.ToView().Entries.Select(entry => $"{entry.Key}={Encoding.UTF8.GetString(entry.Value.Span)}"));

    public StateWriteResult Set(string key, string value, MeshInstant? now = null) =>
        Store.Write(now ?? Start, key, Encoding.UTF8.GetBytes(value), StateKeyStatus.Set);

    public StateWriteResult Delete(string key, MeshInstant? now = null) => Store.Write(now ?? Start, key, default, StateKeyStatus.Deleted);

    /// <summary>Copies what this one lacks of another, in one piece of limited size.</summary>
    public StateMerge Pull(Copies source, int bytes = 10_000, MeshInstant? now = null)
    {
        var piece = source.Piece(_held, bytes);
        return piece.Length == 0 ? StateMerge.Stale : Merge(piece, now);
    }

    public StateMerge Merge(ReadOnlySpan<byte> piece, MeshInstant? now = null)
    {
        Assert.True(StateCodec.TryNextDelta(ref piece, out var delta));
        return Store.Merge(now ?? Start, _held, delta);
    }

    /// <summary>What a reader lacks of this one.</summary>
    public byte[] Piece(NodeState reader, int bytes = 10_000)
    {
        var plan = new DeltaPlan(new SeededRandom(1));
        plan.Begin();
        plan.Add(_held, new WireDigest { Name = reader.NameUtf8, Generation = reader.Generation, LastGcVersion = reader.LastGcVersion, MaxVersion = reader.MaxVersion });
        plan.Sort();
        var buffer = new byte[bytes];
        var writer = new ByteWriter(buffer);
        plan.TryFill(ref writer);
        return buffer[..writer.Written];
    }

    public List<StateChange> Changes()
    {
        var changes = new List<StateChange>();
        while (Store.TryTakeChange(out var change))
        {
            changes.Add(change);
        }

        return changes;
    }

    private static NodeState Node(string name) => new(MemberId.Parse(name), Encoding.ASCII.GetBytes(name), new Generation(1));
}
