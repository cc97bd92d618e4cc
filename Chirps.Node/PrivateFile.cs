namespace Chirps.Node;

/// <summary>Writes small files that only their owner may read, as a whole or not at all.</summary>
internal static class PrivateFile
{
    public static void Write(string path, string text) => AtomicFile.Write(path, text, AtomicFile.OwnerOnly);
}
