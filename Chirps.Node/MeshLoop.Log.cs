using Microsoft.Extensions.Logging;

namespace Chirps.Node;

internal sealed partial class MeshLoop
{
    [LoggerMessage(2001, LogLevel.Information, "Node {Node} takes part in membership as generation {Generation} at {Address}")]
    private partial void LogStarted(string node, ulong generation, string address);

    [LoggerMessage(2002, LogLevel.Information, "node_status_change {NodeId} {OldStatus} -> {NewStatus} accuser={Accuser} incarnation={Incarnation} generation={Generation} last_ping_ms={LastPingMs}", EventName = "node_status_change")]
    private partial void LogChange(string nodeId, string oldStatus, string newStatus, string accuser, uint incarnation, ulong generation, long? lastPingMs);

    [LoggerMessage(2003, LogLevel.Critical, "The membership loop has failed; this node takes no part any more")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(2005, LogLevel.Warning, "{Count} changes of key-values came faster than they could be passed on; watchers must read again")]
    private partial void LogStateLost(ulong count);

    [LoggerMessage(2006, LogLevel.Error, "Two processes claim to be {Member}, generation {Generation}: the one at {Held} is kept, the one at {Claimed} refused")]
    private partial void LogConflict(string member, ulong generation, string held, string claimed);
}
