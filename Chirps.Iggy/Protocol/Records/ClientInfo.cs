using System.Diagnostics.CodeAnalysis;

namespace Chirps.Iggy.Protocol.Records;

/// <summary>A client as a server describes it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="UserId">Who is logged in, or none.</param>
/// <param name="Transport">How it is connected.</param>
/// <param name="Address">Its address, "ip:port".</param>
/// <param name="Memberships">How many consumer groups it is a member of.</param>
public sealed record ClientInfo(uint Id, uint? UserId, ClientTransport Transport, string Address, uint Memberships)
{
    private const uint NobodyId = uint.MaxValue;

    internal void Write(WireBuffer buffer)
    {
        buffer.WriteUInt32(Id);
        buffer.WriteUInt32(UserId ?? NobodyId);
        buffer.WriteByte((byte)Transport);
        buffer.WriteLongText(Address);
        buffer.WriteUInt32(Memberships);
    }

    internal static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out ClientInfo? client)
    {
        client = null;
        if (!reader.TryReadUInt32(out var id)
            || !reader.TryReadUInt32(out var userId)
            || !reader.TryReadByte(out var transport)
            || !reader.TryReadLongText(out var address)
            || !reader.TryReadUInt32(out var memberships))
        {
            return false;
        }

        client = new ClientInfo(id, userId == NobodyId ? null : userId, (ClientTransport)transport, address, memberships);
        return true;
    }
}
