using System.Security.Cryptography;

namespace Chirps.Engine.Carrier;

/// <summary>What the opener keeps of one sender: its newest process, what was taken from it, and the cipher it used last.</summary>
internal sealed class SenderSession(ulong generation) : IDisposable
{
    private PacketKey? _key;
    private ChaCha20Poly1305? _cipher;

    /// <summary>Which process.</summary>
    public ulong Generation { get; } = generation;

    /// <summary>What was taken from it, whatever the key: the process counts over all of them.</summary>
    public ReplayWindow Window { get; } = new();

    /// <summary>The cipher, when it is that of this key.</summary>
    public ChaCha20Poly1305? CipherFor(PacketKey key) => ReferenceEquals(_key, key) ? _cipher : null;

    /// <summary>Keeps the cipher a packet was just opened with.</summary>
    public void Keep(PacketKey key, ChaCha20Poly1305 cipher)
    {
        if (!ReferenceEquals(_cipher, cipher))
        {
            _cipher?.Dispose();
            _cipher = cipher;
        }

        _key = key;
    }

    public void Dispose() => _cipher?.Dispose();
}
