using System.Diagnostics.CodeAnalysis;

namespace Chirps.Iggy.Protocol.Records;

/// <summary>Statistics of a server.</summary>
public sealed record ServerStats
{
    private const int CacheEntryBytes = 32;

    /// <summary>Process id.</summary>
    public uint ProcessId { get; init; }

    /// <summary>Processor use of the server, in percent.</summary>
    public float CpuPercent { get; init; }

    /// <summary>Processor use of the machine, in percent.</summary>
    public float TotalCpuPercent { get; init; }

    /// <summary>Memory the server uses.</summary>
    public ulong MemoryBytes { get; init; }

    /// <summary>Memory of the machine.</summary>
    public ulong TotalMemoryBytes { get; init; }

    /// <summary>Memory free on the machine.</summary>
    public ulong AvailableMemoryBytes { get; init; }

    /// <summary>How long the server has run.</summary>
    public ulong RunMicroseconds { get; init; }

    /// <summary>When it was started, since the Unix epoch.</summary>
    public ulong StartMicroseconds { get; init; }

    /// <summary>Bytes read from disk.</summary>
    public ulong ReadBytes { get; init; }

    /// <summary>Bytes written to disk.</summary>
    public ulong WrittenBytes { get; init; }

    /// <summary>What all messages take.</summary>
    public ulong MessagesBytes { get; init; }

    /// <summary>Streams.</summary>
    public uint Streams { get; init; }

    /// <summary>Topics.</summary>
    public uint Topics { get; init; }

    /// <summary>Partitions.</summary>
    public uint Partitions { get; init; }

    /// <summary>Segments.</summary>
    public uint Segments { get; init; }

    /// <summary>Messages.</summary>
    public ulong Messages { get; init; }

    /// <summary>Clients connected.</summary>
    public uint Clients { get; init; }

    /// <summary>Consumer groups.</summary>
    public uint Groups { get; init; }

    /// <summary>Name of the machine.</summary>
    public string HostName { get; init; } = "";

    /// <summary>Operating system.</summary>
    public string OsName { get; init; } = "";

    /// <summary>Its version.</summary>
    public string OsVersion { get; init; } = "";

    /// <summary>Its kernel.</summary>
    public string KernelVersion { get; init; } = "";

    /// <summary>Version of the server.</summary>
    public string ServerVersion { get; init; } = "";

    /// <summary>Version of the server as a number: major, minor and patch in steps of a million and a thousand; 0 when unknown.</summary>
    public uint ServerVersionNumber { get; init; }

    /// <summary>Threads of the server.</summary>
    public uint Threads { get; init; }

    /// <summary>Free space of the disk.</summary>
    public ulong FreeDiskBytes { get; init; }

    /// <summary>Size of the disk.</summary>
    public ulong TotalDiskBytes { get; init; }

    internal void Write(WireBuffer buffer)
    {
        buffer.WriteUInt32(ProcessId);
        buffer.WriteSingle(CpuPercent);
        buffer.WriteSingle(TotalCpuPercent);
        buffer.WriteUInt64(MemoryBytes);
        buffer.WriteUInt64(TotalMemoryBytes);
        buffer.WriteUInt64(AvailableMemoryBytes);
        buffer.WriteUInt64(RunMicroseconds);
        buffer.WriteUInt64(StartMicroseconds);
        buffer.WriteUInt64(ReadBytes);
        buffer.WriteUInt64(WrittenBytes);
        buffer.WriteUInt64(MessagesBytes);
        buffer.WriteUInt32(Streams);
        buffer.WriteUInt32(Topics);
        buffer.WriteUInt32(Partitions);
        buffer.WriteUInt32(Segments);
        buffer.WriteUInt64(Messages);
        buffer.WriteUInt32(Clients);
        buffer.WriteUInt32(Groups);
        buffer.WriteLongText(HostName);
        buffer.WriteLongText(OsName);
        buffer.WriteLongText(OsVersion);
        buffer.WriteLongText(KernelVersion);
        buffer.WriteLongText(ServerVersion);
        buffer.WriteUInt32(ServerVersionNumber);
        buffer.WriteUInt32(0);
        buffer.WriteUInt32(Threads);
        buffer.WriteUInt64(FreeDiskBytes);
        buffer.WriteUInt64(TotalDiskBytes);
    }

    /// <summary>Reads statistics. The numbers of the message cache are passed over.</summary>
    internal static bool TryRead(ref WireReader reader, [NotNullWhen(true)] out ServerStats? stats)
    {
        stats = null;
        if (!reader.TryReadUInt32(out var processId)
            || !reader.TryReadSingle(out var cpuPercent)
            || !reader.TryReadSingle(out var totalCpuPercent)
            || !reader.TryReadUInt64(out var memoryBytes)
            || !reader.TryReadUInt64(out var totalMemoryBytes)
            || !reader.TryReadUInt64(out var availableMemoryBytes)
            || !reader.TryReadUInt64(out var runMicroseconds)
            || !reader.TryReadUInt64(out var startMicroseconds)
            || !reader.TryReadUInt64(out var readBytes)
            || !reader.TryReadUInt64(out var writtenBytes)
            || !reader.TryReadUInt64(out var messagesBytes)
            || !reader.TryReadUInt32(out var streams)
            || !reader.TryReadUInt32(out var topics)
            || !reader.TryReadUInt32(out var partitions)
            || !reader.TryReadUInt32(out var segments)
            || !reader.TryReadUInt64(out var messages)
            || !reader.TryReadUInt32(out var clients)
            || !reader.TryReadUInt32(out var groups)
            || !reader.TryReadLongText(out var hostName)
            || !reader.TryReadLongText(out var osName)
            || !reader.TryReadLongText(out var osVersion)
            || !reader.TryReadLongText(out var kernelVersion)
            || !reader.TryReadLongText(out var serverVersion))
        {
            return false;
        }

        if (!reader.TryReadUInt32(out var serverVersionNumber)
            || !reader.TryReadUInt32(out var cached)
            || cached > (uint)reader.Rest.Length / CacheEntryBytes
            || !reader.TryReadBytes(cached * CacheEntryBytes, out _)
            || !reader.TryReadUInt32(out var threads)
            || !reader.TryReadUInt64(out var freeDiskBytes)
            || !reader.TryReadUInt64(out var totalDiskBytes))
        {
            return false;
        }

        stats = new ServerStats
        {
            ProcessId = processId,
            CpuPercent = cpuPercent,
            TotalCpuPercent = totalCpuPercent,
            MemoryBytes = memoryBytes,
            TotalMemoryBytes = totalMemoryBytes,
            AvailableMemoryBytes = availableMemoryBytes,
            RunMicroseconds = runMicroseconds,
            StartMicroseconds = startMicroseconds,
            ReadBytes = readBytes,
            WrittenBytes = writtenBytes,
            MessagesBytes = messagesBytes,
            Streams = streams,
            Topics = topics,
            Partitions = partitions,
            Segments = segments,
            Messages = messages,
            Clients = clients,
            Groups = groups,
            HostName = hostName,
            OsName = osName,
            OsVersion = osVersion,
            KernelVersion = kernelVersion,
            ServerVersion = serverVersion,
            ServerVersionNumber = serverVersionNumber,
            Threads = threads,
            FreeDiskBytes = freeDiskBytes,
            TotalDiskBytes = totalDiskBytes,
        };
        return true;
    }
}
