using System.Diagnostics.CodeAnalysis;

namespace Chirps.Iggy.Protocol.Records;

/// <summary>The cluster a server belongs to; a server by itself lists itself.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Nodes">Its nodes.</param>
public sealed record ClusterInfo(string Name, IReadOnlyList<ClusterNode> Nodes)
{
    internal void Write(WireBuffer buffer)
    {
        buffer.WriteLongText(Name);
        buffer.WriteUInt32((uint)Nodes.Count);
        foreach (var node in Nodes)
        {
            node.Write(buffer);
        }
    }

    internal static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out ClusterInfo? cluster)
    {
        cluster = null;
        if (!reader.TryReadLongText(out var name) || !reader.TryReadUInt32(out var count))
        {
            return false;
        }

        var nodes = new List<ClusterNode>();
        for (; count > 0; count--)
        {
            if (!ClusterNode.TryRead(ref reader, out var node))
            {
                return false;
            }

            nodes.Add(node);
        }

        cluster = new ClusterInfo(name, nodes);
        return true;
    }
}
