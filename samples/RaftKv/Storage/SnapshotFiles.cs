using System.Buffers.Binary;
using System.Globalization;
using RaftKv.Kv;

namespace RaftKv.Storage;

/// <summary>The snapshots of one group: files of an id (16 bytes, made anew for each), the state, and a CRC-32C of both.</summary>
internal sealed class SnapshotFiles
{
    private const int IdBytes = 16;
    private const int ChecksumBytes = 4;
    private const string Extension = ".snapshot";
    private const string Unfinished = ".part";

    private readonly string _directory;

    /// <summary>Makes the directory when it does not exist, and removes what was begun and not finished; what is being received stays, to be gone on with.</summary>
    public SnapshotFiles(string directory)
    {
        _directory = directory;
        DiskSync.MakeDirectory(directory);
        foreach (var path in Directory.EnumerateFiles(directory, $"*{Extension}{Unfinished}").Where(path => TryIndexOf(Path.GetFileNameWithoutExtension(path), out _)))
        {
            File.Delete(path);
        }
    }

    /// <summary>Writes a state; it is on stable storage when this returns.</summary>
    public void Write(ulong index, KvState state)
    {
        var temporary = PathOf(index) + Unfinished;
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            var id = Guid.NewGuid().ToByteArray();
            file.Write(id);
            var crc = Crc32C.Of(id);
            state.Write(part =>
            {
                file.Write(part.Span);
                crc = Crc32C.Of(part.Span, crc);
            });
            Span<byte> checksum = stackalloc byte[ChecksumBytes];
            BinaryPrimitives.WriteUInt32LittleEndian(checksum, crc);
            file.Write(checksum);
            file.Flush(flushToDisk: true);
        }

        Publish(temporary, index);
    }

    /// <summary>Reads a state.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public KvState Read(ulong index) => ReadFile(PathOf(index)) ?? throw new InvalidDataException($"{PathOf(index)} is damaged.");

    /// <summary>Opens a snapshot for sending. It may be removed meanwhile; who has it open can still read it.</summary>
    public (Guid Id, FileStream Content) Open(ulong index)
    {
        var content = new FileStream(PathOf(index), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        var id = new byte[IdBytes];
        content.ReadExactly(id);
        return (new Guid(id), content);
    }

    /// <summary>Opens the file into which a peer's snapshot is received; the bytes of an earlier attempt with the same id are in it.</summary>
    public FileStream Receive(Guid id)
    {
        var path = PathOf(id);
        foreach (var other in Directory.EnumerateFiles(_directory, $"receiving-*{Unfinished}").Where(other => other != path))
        {
            File.Delete(other);
        }

        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write);
        file.Seek(0, SeekOrigin.End);
        return file;
    }

    /// <summary>Reads what was received, and keeps it under its index when it is good.</summary>
    /// <returns><see langword="null"/> when it is not; it is gone then.</returns>
    public KvState? Keep(Guid id, ulong index)
    {
        var path = PathOf(id);
        var state = ReadFile(path);
        if (state is null)
        {
            File.Delete(path);
            return null;
        }

        Publish(path, index);
        return state;
    }

    /// <summary>Removes the snapshots before one. Files that are no snapshots are left alone.</summary>
    public void RemoveAllBut(ulong index)
    {
        foreach (var path in Directory.EnumerateFiles(_directory, $"*{Extension}"))
        {
            if (TryIndexOf(path, out var found) && found < index)
            {
                File.Delete(path);
            }
        }
    }

    private static bool TryIndexOf(string path, out ulong index)
        => ulong.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out index);

    private static KvState? ReadFile(string path)
    {
        var bytes = File.ReadAllBytes(path);
        return bytes.Length > IdBytes + ChecksumBytes
            && Crc32C.Of(bytes.AsSpan(0, bytes.Length - ChecksumBytes)) == BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(bytes.Length - ChecksumBytes))
            ? KvState.Read(bytes.AsMemory(IdBytes, bytes.Length - IdBytes - ChecksumBytes))
            : null;
    }

    private void Publish(string path, ulong index)
    {
        using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite))
        {
            DiskSync.File(file);
        }

        File.Move(path, PathOf(index), overwrite: true);
        DiskSync.Directory(_directory);
    }

    private string PathOf(ulong index) => Path.Combine(_directory, index.ToString("D20", CultureInfo.InvariantCulture) + Extension);

    private string PathOf(Guid id) => Path.Combine(_directory, $"receiving-{id:N}{Unfinished}");
}
