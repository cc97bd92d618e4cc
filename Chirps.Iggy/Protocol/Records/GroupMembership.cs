namespace Chirps.Iggy.Protocol.Records;

/// <summary>Names a consumer group a client is a member of.</summary>
/// <param name="Stream">The stream's number.</param>
/// <param name="Topic">The topic's number.</param>
/// <param name="Group">The group's number.</param>
public readonly record struct GroupMembership(uint Stream, uint Topic, uint Group)
{
    internal void Write(WireBuffer buffer)
    {
        buffer.WriteUInt32(Stream);
        buffer.WriteUInt32(Topic);
        buffer.WriteUInt32(Group);
    }

    internal static bool TryRead(ref WireReader reader, out GroupMembership membership)
    {
        var read = reader.TryReadUInt32(out var stream) & reader.TryReadUInt32(out var topic) & reader.TryReadUInt32(out var group);
        membership = new GroupMembership(stream, topic, group);
        return read;
    }
}
