using System.Security.Cryptography;
using System.Text;
using Chirps.Engine.Membership;

namespace Chirps.Node;

/// <summary>
/// A node's hold on its name in its data directory: no second process of this machine runs under the same name with the same
/// directory. The operating system lets go of it when the process ends, however it ends.
/// </summary>
internal sealed class NodeClaim : IDisposable
{
    /// <summary>Processes without a name of their own that may share a data directory.</summary>
    private const int MadeUpMax = 64;

    private readonly FileStream _lock;

    private NodeClaim(MemberId self, FileStream held)
    {
        Self = self;
        _lock = held;
    }

    /// <summary>The name that is held.</summary>
    public MemberId Self { get; }

    /// <summary>Holds a name that the operator gave.</summary>
    /// <exception cref="MeshConfigurationException">Another process holds it.</exception>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    public static NodeClaim Take(string directory, MemberId self)
        => TryHold(Path.Combine(directory, $"lock-{self}")) is { } held
            ? new NodeClaim(self, held)
            : throw new MeshConfigurationException(
                "Chirps:Mesh:NodeId",
                $"another process runs node '{self}' with the data directory {Path.GetFullPath(directory)}; give each node its own name, or its own Chirps:Mesh:DataDirectory");

    /// <summary>Holds the first made-up name of the directory that nobody holds; made once, and kept.</summary>
    /// <exception cref="MeshConfigurationException">All are held.</exception>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    public static NodeClaim TakeMadeUp(string directory)
    {
        for (var number = 1; number <= MadeUpMax; number++)
        {
            if (TryHold(Path.Combine(directory, number == 1 ? "node-id" : $"node-id-{number}")) is { } held)
            {
                return new NodeClaim(NameIn(held), held);
            }
        }

        throw new MeshConfigurationException("Chirps:Mesh:NodeId", $"{MadeUpMax} processes without a name use the data directory {Path.GetFullPath(directory)} already");
    }

    /// <inheritdoc />
    public void Dispose() => _lock.Dispose();

    private static FileStream? TryHold(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = AtomicFile.OwnerOnly;
        }

        try
        {
            return new FileStream(path, options);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    private static MemberId NameIn(FileStream file)
    {
        var text = new byte[MemberId.LengthMax];
        var length = file.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
        if (MemberId.TryParse(Encoding.UTF8.GetString(text.AsSpan(0, length)).Trim(), out var kept))
        {
            return kept;
        }

        var name = "node-" + RandomNumberGenerator.GetHexString(12, lowercase: true);
        file.SetLength(0);
        file.Write(Encoding.UTF8.GetBytes(name));
        file.Flush(flushToDisk: true);
        return MemberId.Parse(name);
    }
}
