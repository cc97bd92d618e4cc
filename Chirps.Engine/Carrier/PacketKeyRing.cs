namespace Chirps.Engine.Carrier;

/// <summary>The keys of a node: packets sealed with any of them are taken, its own are sealed with one. Immutable; any thread.</summary>
public sealed class PacketKeyRing
{
    private readonly PacketKey?[] _byId = new PacketKey?[byte.MaxValue + 1];

    /// <summary>Makes a ring.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="current">The number of the one to seal with.</param>
    /// <exception cref="ArgumentException">Two keys have one number, or none has the number of the current one.</exception>
    public PacketKeyRing(IEnumerable<PacketKey> keys, byte current)
    {
        ArgumentNullException.ThrowIfNull(keys);
        foreach (var key in keys)
        {
            if (_byId[key.Id] is not null)
            {
                throw new ArgumentException($"Two keys have the number {key.Id}.", nameof(keys));
            }

            _byId[key.Id] = key;
        }

        Current = _byId[current] ?? throw new ArgumentException($"There is no key {current} to seal with.", nameof(current));
    }

    /// <summary>The key to seal with.</summary>
    public PacketKey Current { get; }

    /// <summary>Finds a key by its number.</summary>
    internal PacketKey? Find(byte id) => _byId[id];
}
