using Chirps.Engine.Time;
using Chirps.Engine.Wire;

namespace Chirps.Engine.State;

/// <summary>What one peer lacks, in the order it is sent; filled into datagrams or a stream piece by piece.</summary>
/// <remarks>
/// chitchat's order: nodes the peer has nothing of first, the smallest first, so that large states do not starve small ones; then
/// the most stale first; ties by chance. Each piece is a correct prefix of what follows the last.
/// </remarks>
/// <param name="random">Chance.</param>
internal sealed class DeltaPlan(SeededRandom random)
{
    private static readonly Comparison<Step> _order = Compare;

    private readonly List<Step> _steps = [];
    private int _next;
    private int _oversize;

    /// <summary>Whether anything is left that a datagram could not take.</summary>
    public bool HasRest => _next < _steps.Count || _oversize > 0;

    /// <summary>Whether anything is left to try in pieces of the present size.</summary>
    public bool HasNext => _next < _steps.Count;

    /// <summary>About how many bytes are left.</summary>
    public long RestBytes
    {
        get
        {
            var bytes = 0L;
            for (var index = 0; index < _steps.Count; index++)
            {
                bytes += index < _oversize || index >= _next ? _steps[index].Node.Bytes + StateCodec.DeltaHeadBytes(_steps[index].Node.NameUtf8.Length) : 0;
            }

            return bytes;
        }
    }

    /// <summary>Begins a plan; an earlier one is forgotten.</summary>
    public void Begin()
    {
        _steps.Clear();
        _next = 0;
        _oversize = 0;
    }

    /// <summary>Adds what a peer lacks of one node, if anything.</summary>
    /// <param name="node">The node.</param>
    /// <param name="digest">How far the peer is.</param>
    public void Add(NodeState node, scoped in WireDigest digest)
    {
        if (node.MaxVersion <= digest.MaxVersion)
        {
            return;
        }

        // The peer may hold keys whose deletion is forgotten here: it must begin anew.
        var resets = digest.LastGcVersion < node.LastGcVersion && digest.MaxVersion < node.LastGcVersion;
        var from = resets ? 0 : digest.MaxVersion;
        var weight = from == 0 ? node.MaxVersion : ulong.MaxValue - (ulong)node.CountAfter(from);
        _steps.Add(new Step(node, from, from == 0, weight, random.NextUInt64()));
    }

    /// <summary>Puts what was added in order.</summary>
    public void Sort() => _steps.Sort(_order);

    /// <summary>Fills one piece.</summary>
    /// <param name="writer">An empty piece, after its head.</param>
    /// <returns>Whether anything went in; what never fits an empty piece is left for a larger one.</returns>
    public bool TryFill(scoped ref ByteWriter writer)
    {
        var start = writer.Written;
        while (_next < _steps.Count)
        {
            var step = _steps[_next];
            var from = step.From;
            var isDone = step.Node.WriteDelta(ref writer, ref from);
            _steps[_next] = step with { From = from };
            if (!isDone && writer.Written > start)
            {
                break;
            }

            if (!isDone)
            {
                // Too large for an empty piece: kept in front, in order, for the stream.
                var large = _steps[_next];
                _steps[_next] = _steps[_oversize];
                _steps[_oversize++] = large;
            }

            _next++;
        }

        return writer.Written > start;
    }

    /// <summary>Begins again with what is left, for larger pieces.</summary>
    public void Rewind()
    {
        _steps.RemoveRange(_oversize, _next - _oversize);
        _next = 0;
        _oversize = 0;
    }

    private static int Compare(Step left, Step right)
    {
        var order = right.IsUnknown.CompareTo(left.IsUnknown);
        order = order != 0 ? order : left.Weight.CompareTo(right.Weight);
        return order != 0 ? order : left.Tie.CompareTo(right.Tie);
    }

    private readonly record struct Step(NodeState Node, ulong From, bool IsUnknown, ulong Weight, ulong Tie);
}
