using System.Buffers.Binary;
using Chirps.Iggy.Embedded.Log;
using Chirps.Iggy.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chirps.Tests.Iggy.Embedded;

/// <summary>What tests of the log have in common: one committer, a log in a directory, messages to put into it.</summary>
internal sealed class LogTestKit : IDisposable
{
    private readonly LogCommitter _committer = new(threads: 1);

    public LogSettings Settings { get; init; } = new() { SegmentBytes = 4096, IndexStrideBytes = 256, DeduplicationWindow = 16 };

    public LogCommitter Committer => _committer;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public PartitionLog Open(ILogDirectory directory) => PartitionLog.Open(directory, Settings, _committer, Time, NullLogger.Instance);

    /// <summary>One message with the bytes of a number as its payload.</summary>
    public static byte[] Message(UInt128 id, ulong content, int payloadBytes = 40)
    {
        var message = new byte[StoredMessage.HeaderBytes + payloadBytes];
        BinaryPrimitives.WriteUInt128LittleEndian(message.AsSpan(8), id);
        BinaryPrimitives.WriteInt32LittleEndian(message.AsSpan(52), payloadBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(message.AsSpan(StoredMessage.HeaderBytes), content);
        return message;
    }

    public static Task<AppendResult> Append(PartitionLog log, ulong content, int payloadBytes = 40)
        => log.AppendAsync(Message(0, content, payloadBytes), 1);

    /// <summary>The contents of the messages from an offset on.</summary>
    public static List<(ulong Offset, ulong Content)> Read(PartitionLog log, ulong offset, uint count = uint.MaxValue, int bytesMax = int.MaxValue)
    {
        using var output = new WireBuffer();
        var read = log.Read(offset, count, bytesMax, output);
        var found = new List<(ulong, ulong)>();
        for (var rest = output.Span; StoredMessage.TrySize(rest, out var size); rest = rest[size..])
        {
            found.Add((StoredMessage.Offset(rest), BinaryPrimitives.ReadUInt64LittleEndian(rest[StoredMessage.HeaderBytes..])));
        }

        Assert.Equal(read.Count, found.Count);
        return found;
    }

    public void Dispose() => _committer.Dispose();
}
