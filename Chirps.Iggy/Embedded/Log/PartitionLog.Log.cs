using Microsoft.Extensions.Logging;

namespace Chirps.Iggy.Embedded.Log;

internal sealed partial class PartitionLog
{
    [LoggerMessage(3100, LogLevel.Information, "Cut {Bytes} bytes of unconfirmed messages off the end of a log after a crash; its next offset is {NextOffset}")]
    private static partial void LogTorn(ILogger logger, long bytes, ulong nextOffset);

    [LoggerMessage(3101, LogLevel.Error, "Stored messages are damaged on disk: those from offset {Offset} up to, not including, {NextOffset} cannot be read")]
    private static partial void LogDamaged(ILogger logger, ulong offset, ulong nextOffset);

    [LoggerMessage(3102, LogLevel.Error, "The disk of a log is full: appends are refused until there is room")]
    private static partial void LogFull(ILogger logger);

    [LoggerMessage(3103, LogLevel.Information, "The disk of a log has room again")]
    private static partial void LogHasRoom(ILogger logger);

    [LoggerMessage(3104, LogLevel.Error, "A log could not be written; its segment is given up and a new one begun")]
    private static partial void LogFailed(ILogger logger, Exception failure);

    [LoggerMessage(3105, LogLevel.Information, "A log that had failed is written again, from offset {NextOffset} on")]
    private static partial void LogRescued(ILogger logger, ulong nextOffset);

    [LoggerMessage(3106, LogLevel.Warning, "The doubtful end of a failed segment could not be cut off")]
    private static partial void LogNotCut(ILogger logger, Exception failure);
}
