namespace Chirps.Quic.Native;

/// <summary><c>ngtcp2_path_storage</c>: a path with room for its two addresses.</summary>
/// <remarks>Must not move in memory after <see cref="Initialize"/>: the path points into itself.</remarks>
internal unsafe struct NgPathStorage
{
    private const int AddressSize = 28;

    public NgPath Path;
    public fixed byte LocalBuffer[AddressSize];
    public fixed byte RemoteBuffer[AddressSize];

    /// <summary>Points the path of a storage on the stack at its own buffers.</summary>
    public static void Initialize(NgPathStorage* storage)
    {
        *storage = default;
        storage->Path.Local.Address = storage->LocalBuffer;
        storage->Path.Remote.Address = storage->RemoteBuffer;
    }
}
