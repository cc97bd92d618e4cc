using Chirps.Quic;
using Microsoft.Extensions.Logging;

namespace Chirps.Node.Links;

internal sealed partial class PeerConnections
{
    [LoggerMessage(2100, LogLevel.Information, "peer_connected {Peer} at {Address}, dialled by this node: {Outgoing}, handshake {Handshake}", EventName = "peer_connected")]
    private partial void LogConnected(string peer, string address, bool outgoing, HandshakeKind handshake);

    [LoggerMessage(2101, LogLevel.Information, "peer_disconnected {Peer} at {Address}: {Kind}, code {Code}, {Reason}", EventName = "peer_disconnected")]
    private partial void LogDisconnected(string peer, string address, CloseKind kind, ulong code, string reason);

    [LoggerMessage(2102, LogLevel.Warning, "Refused a peer at {Address}: {Refusal}; it claims to be {Cluster}/{Node}. {Reason}")]
    private partial void LogPeerRefused(string address, PeerRefusal refusal, string? cluster, string? node, string reason);

    [LoggerMessage(2103, LogLevel.Debug, "Could not connect to {Address}: {Kind}, {Refusal}, {Reason}")]
    private partial void LogDialFailed(string address, CloseKind kind, PeerRefusal refusal, string reason);

    [LoggerMessage(2105, LogLevel.Debug, "Not dialling {Address}: {Problem}")]
    private partial void LogNotDialled(string address, string problem);

    [LoggerMessage(2104, LogLevel.Warning, "Closing the connection to {Peer}: what it sent makes no sense ({Fault})")]
    private partial void LogMalformed(string peer, Chirps.Engine.Messaging.FrameFault fault);

    [LoggerMessage(2107, LogLevel.Warning, "The node at {Address} has this node's own name, {Self}: neither will see the other as a member. Give each its own Chirps:Mesh:NodeId and certificate")]
    private partial void LogNamesake(string address, string self);

    [LoggerMessage(2106, LogLevel.Information, "Dialling {Peer} again: the certificates of the connection are not today's")]
    private partial void LogRenewing(string peer);
}
