using System.Diagnostics.CodeAnalysis;

namespace Chirps.Iggy.Protocol.Records;

/// <summary>A consumer group as a server describes it.</summary>
/// <param name="Id">Its number, from 0.</param>
/// <param name="Partitions">How many partitions its topic has.</param>
/// <param name="Members">How many members it has.</param>
/// <param name="Name">Its name.</param>
public sealed record GroupInfo(uint Id, uint Partitions, uint Members, string Name)
{
    internal void Write(WireBuffer buffer)
    {
        buffer.WriteUInt32(Id);
        buffer.WriteUInt32(Partitions);
        buffer.WriteUInt32(Members);
        buffer.WriteName(Name);
    }

    internal static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out GroupInfo? group)
    {
        group = null;
        if (!reader.TryReadUInt32(out var id) || !reader.TryReadUInt32(out var partitions) || !reader.TryReadUInt32(out var members) || !reader.TryReadName(out var name))
        {
            return false;
        }

        group = new GroupInfo(id, partitions, members, name);
        return true;
    }
}
