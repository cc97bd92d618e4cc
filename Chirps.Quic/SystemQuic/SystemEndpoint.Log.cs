using System.Net;
using Microsoft.Extensions.Logging;

namespace Chirps.Quic.SystemQuic;

/// <content>Log messages; event ids 2550-2599.</content>
internal sealed partial class SystemEndpoint
{
    internal void LogConnected(SystemConnection connection)
        => LogConnected(_logger, connection.Id, connection.IsOutgoing, connection.RemoteEndPoint, connection.Peer);

    internal void LogHandlerFailed(SystemConnection connection, Exception exception)
        => LogHandlerFailed(_logger, exception, connection.Id, connection.RemoteEndPoint);

    /// <summary>One message for each end of a connection; refusals are warnings, for an operator has to act.</summary>
    internal void LogEnd(SystemConnection connection, in CloseInfo info)
    {
        switch (info.Kind)
        {
            case CloseKind.PeerRefused:
                LogPeerRefused(_logger, connection.Id, connection.RemoteEndPoint, info.Refusal, info.ClaimedPeer, info.Reason);
                break;
            case CloseKind.PeerRefusedUs:
                LogRefusedByPeer(_logger, connection.Id, connection.RemoteEndPoint, info.Refusal, info.Reason);
                break;
            default:
                LogClosed(_logger, connection.Id, connection.RemoteEndPoint, info.Kind, info.Code, info.Reason);
                break;
        }
    }

    /// <summary>Names every option that asks for something the library does not have.</summary>
    private void WarnOfWhatCannotBeHonoured()
    {
        if (Options.Congestion != CongestionControl.Bbr)
        {
            LogNotHonoured(_logger, nameof(Options.Congestion), Options.Congestion.ToString(), "msquic decides");
        }

        if (Options.Resumption != Resumption.None)
        {
            LogNotHonoured(_logger, nameof(Options.Resumption), Options.Resumption.ToString(), "every handshake is full");
        }

        if (Options.AddressValidation != AddressValidation.UnderLoad)
        {
            LogNotHonoured(_logger, nameof(Options.AddressValidation), Options.AddressValidation.ToString(), "msquic decides");
        }
    }

    [LoggerMessage(2550, LogLevel.Information, "QUIC endpoint ({Provider}) listens on {LocalEndPoint} as {Identity}")]
    private static partial void LogStarted(ILogger logger, string provider, IPEndPoint localEndPoint, TransportIdentity identity);

    [LoggerMessage(2551, LogLevel.Information, "QUIC endpoint on {LocalEndPoint} stopped")]
    private static partial void LogStopped(ILogger logger, IPEndPoint localEndPoint);

    [LoggerMessage(2552, LogLevel.Warning, "Connection {Connection}: refused the peer at {Remote} ({Refusal}), which claims to be {ClaimedPeer}: {Reason}")]
    private static partial void LogPeerRefused(ILogger logger, long connection, IPEndPoint remote, PeerRefusal refusal, TransportIdentity? claimedPeer, string reason);

    [LoggerMessage(2553, LogLevel.Warning, "Connection {Connection}: the peer at {Remote} refused us ({Refusal}): {Reason}")]
    private static partial void LogRefusedByPeer(ILogger logger, long connection, IPEndPoint remote, PeerRefusal refusal, string reason);

    [LoggerMessage(2554, LogLevel.Debug, "Connection {Connection}: connected (outgoing {Outgoing}) with {Remote}, {Peer}")]
    private static partial void LogConnected(ILogger logger, long connection, bool outgoing, IPEndPoint remote, TransportIdentity peer);

    [LoggerMessage(2555, LogLevel.Debug, "Connection {Connection}: closed with {Remote}: {Kind}, code {Code}, {Reason}")]
    private static partial void LogClosed(ILogger logger, long connection, IPEndPoint remote, CloseKind kind, ulong code, string reason);

    [LoggerMessage(2556, LogLevel.Error, "Connection {Connection}: the handler failed for {Remote}")]
    private static partial void LogHandlerFailed(ILogger logger, Exception exception, long connection, IPEndPoint remote);

    [LoggerMessage(2557, LogLevel.Error, "The QUIC thread did not stop within {Timeout}: a callback blocks it")]
    private static partial void LogStopTimeout(ILogger logger, TimeSpan timeout);

    [LoggerMessage(2558, LogLevel.Critical, "Work on the QUIC thread failed")]
    private static partial void LogCrashed(ILogger logger, Exception exception);

    [LoggerMessage(2559, LogLevel.Debug, "An incoming connection came to nothing: {Reason}")]
    private static partial void LogAcceptFailed(ILogger logger, string reason);

    [LoggerMessage(2560, LogLevel.Warning, "The provider System.Net.Quic cannot honour {Option} = {Value}: {Instead}")]
    private static partial void LogNotHonoured(ILogger logger, string option, string value, string instead);
}
