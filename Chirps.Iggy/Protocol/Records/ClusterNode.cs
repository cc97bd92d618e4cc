using System.Diagnostics.CodeAnalysis;

namespace Chirps.Iggy.Protocol.Records;

/// <summary>A node of an Iggy cluster.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">The address to dial, without a port.</param>
/// <param name="TcpPort">Its port for TCP.</param>
/// <param name="QuicPort">Its port for QUIC.</param>
/// <param name="HttpPort">Its port for HTTP.</param>
/// <param name="WebSocketPort">Its port for WebSocket.</param>
/// <param name="Role">0 leader, 1 follower.</param>
/// <param name="Status">0 healthy, 1 starting, 2 stopping, 3 unreachable, 4 maintenance.</param>
public sealed record ClusterNode(string Name, string Address, ushort TcpPort, ushort QuicPort, ushort HttpPort, ushort WebSocketPort, byte Role, byte Status)
{
    internal void Write(WireBuffer buffer)
    {
        buffer.WriteLongText(Name);
        buffer.WriteLongText(Address);
        buffer.WriteUInt16(TcpPort);
        buffer.WriteUInt16(QuicPort);
        buffer.WriteUInt16(HttpPort);
        buffer.WriteUInt16(WebSocketPort);
        buffer.WriteByte(Role);
        buffer.WriteByte(Status);
    }

    internal static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out ClusterNode? node)
    {
        node = null;
        if (!reader.TryReadLongText(out var name)
            || !reader.TryReadLongText(out var address)
            || !reader.TryReadUInt16(out var tcp)
            || !reader.TryReadUInt16(out var quic)
            || !reader.TryReadUInt16(out var http)
            || !reader.TryReadUInt16(out var webSocket)
            || !reader.TryReadByte(out var role)
            || !reader.TryReadByte(out var status))
        {
            return false;
        }

        node = new ClusterNode(name, address, tcp, quic, http, webSocket, role, status);
        return true;
    }
}
