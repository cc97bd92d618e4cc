using System.Net;
using Microsoft.Extensions.Logging;

namespace Chirps.Iggy.Embedded;

public sealed partial class EmbeddedIggyServer
{
    [LoggerMessage(3120, LogLevel.Information, "The embedded Iggy server listens on {Endpoint} and keeps its data in {Directory}")]
    private static partial void LogStarted(ILogger logger, IPEndPoint endpoint, string directory);

    [LoggerMessage(3121, LogLevel.Information, "The embedded Iggy server on {Endpoint} has stopped")]
    private static partial void LogStopped(ILogger logger, IPEndPoint endpoint);

    [LoggerMessage(3122, LogLevel.Warning, "A connection could not be accepted")]
    private static partial void LogNotAccepted(ILogger logger, Exception failure);

    [LoggerMessage(3123, LogLevel.Debug, "A connection ended before it was of use: {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);

    [LoggerMessage(3124, LogLevel.Error, "A connection was closed because of a failure of the server itself")]
    private static partial void LogBroken(ILogger logger, Exception failure);
}
