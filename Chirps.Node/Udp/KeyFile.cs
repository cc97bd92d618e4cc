using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Chirps.Engine.Carrier;

namespace Chirps.Node.Udp;

/// <summary>The keys of membership over UDP as a file holds them. Immutable: each change makes another one.</summary>
/// <remarks>One key a line: number, key in hexadecimal, day it was made, and <c>use</c> on the one that packets are sealed with.</remarks>
public sealed class KeyFile
{
    /// <summary>Its name where none is configured.</summary>
    public const string DefaultName = "membership.keys";

    private const string UseMark = "use";
    private const string DayFormat = "yyyy-MM-dd";
    private const UnixFileMode Others = ~(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    private KeyFile(IReadOnlyList<StoredKey> keys, byte current)
    {
        Keys = keys;
        Current = current;
    }

    /// <summary>The keys, by rising number.</summary>
    public IReadOnlyList<StoredKey> Keys { get; }

    /// <summary>The number of the one that packets are sealed with.</summary>
    public byte Current { get; }

    /// <summary>A file with one new key.</summary>
    public static KeyFile Create(DateOnly today) => new([Make(1, today)], 1);

    /// <summary>Reads a file.</summary>
    /// <exception cref="KeyFileException">There is none, others can read it, or it makes no sense.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static KeyFile Load(string path)
    {
        if (!File.Exists(path))
        {
            throw new KeyFileException($"{path}: there is no such file; 'chirps keys new --file {path}' makes one.");
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
        {
            throw new KeyFileException($"{path}: others than its owner can use it; 'chmod 600 {path}' ends that.");
        }

        return Parse(path, File.ReadAllText(path));
    }

    /// <summary>Reads the file, or makes it with one new key. Several processes may do so at once: one makes it, all read it.</summary>
    /// <exception cref="KeyFileException">Others can read it, or it makes no sense.</exception>
    /// <exception cref="IOException">The directory cannot be written.</exception>
    public static KeyFile LoadOrCreate(string path, DateOnly today)
    {
        if (!File.Exists(path))
        {
            var own = $"{path}.{Environment.ProcessId}.{Environment.CurrentManagedThreadId}";
            PrivateFile.Write(own, Create(today).ToText());
            try
            {
                File.Move(own, path, overwrite: false);
            }
            catch (IOException) when (File.Exists(path))
            {
                File.Delete(own);
            }
        }

        return Load(path);
    }

    /// <summary>Reads the text of a file.</summary>
    /// <exception cref="KeyFileException">It makes no sense; the message names file and line, and gives no key away.</exception>
    public static KeyFile Parse(string name, string text)
    {
        var keys = new List<StoredKey>();
        byte current = 0;
        var lines = text.Split('\n', StringSplitOptions.TrimEntries);
        for (var index = 0; index < lines.Length; index++)
        {
            if (lines[index].Length == 0 || lines[index][0] == '#')
            {
                continue;
            }

            var fields = lines[index].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var key = TryParse(fields) ?? throw new KeyFileException($"{name}: line {index + 1} is not 'number key day [{UseMark}]', the number from 1 to 255, the key {2 * PacketKey.Bytes} hexadecimal digits, the day as in 2026-01-31.");
            if (keys.Exists(other => other.Key.Id == key.Key.Id))
            {
                throw new KeyFileException($"{name}: line {index + 1} is a second key {key.Key.Id}.");
            }

            keys.Add(key);
            if (fields.Length == 4)
            {
                current = current == 0 ? key.Key.Id : throw new KeyFileException($"{name}: line {index + 1} is a second key to {UseMark}.");
            }
        }

        return current > 0
            ? new KeyFile([.. keys.OrderBy(key => key.Key.Id)], current)
            : throw new KeyFileException($"{name}: no key is marked '{UseMark}'.");
    }

    /// <summary>The text of the file.</summary>
    public string ToText()
    {
        var text = new StringBuilder("# Keys of Chirps membership over UDP, for 'chirps keys'. Whoever reads this can speak as any member.\n");
        foreach (var (key, made) in Keys)
        {
            text.Append(CultureInfo.InvariantCulture, $"{key.Id} {key.Reveal()} {made.ToString(DayFormat, CultureInfo.InvariantCulture)}{(key.Id == Current ? $" {UseMark}" : "")}\n");
        }

        return text.ToString();
    }

    /// <summary>Replaces the file as a whole; only its owner may read it.</summary>
    /// <exception cref="IOException">The directory cannot be written; the file is as it was.</exception>
    public void Save(string path) => PrivateFile.Write(path, ToText());

    /// <summary>The keys as the carrier takes them.</summary>
    public PacketKeyRing ToRing() => new(Keys.Select(key => key.Key), Current);

    /// <summary>With one more new key, which is accepted and not yet used.</summary>
    /// <exception cref="KeyFileException">There is no number left.</exception>
    public KeyFile WithNew(DateOnly today, out byte id)
    {
        // The next number, and not a free one: it should not be taken for a key that some node still has.
        var last = Keys[^1].Key.Id;
        id = last < byte.MaxValue ? (byte)(last + 1) : FreeId();
        return new KeyFile(Sorted([.. Keys, Make(id, today)]), Current);
    }

    /// <summary>With the keys of another file that this one lacks, accepted and not yet used.</summary>
    /// <exception cref="KeyFileException">One has the number of another key here.</exception>
    public KeyFile WithAll(KeyFile other, out IReadOnlyList<byte> added)
    {
        var missing = new List<StoredKey>();
        foreach (var key in other.Keys)
        {
            var own = Keys.FirstOrDefault(candidate => candidate.Key.Id == key.Key.Id);
            if (own is null)
            {
                missing.Add(key);
            }
            else if (!own.Key.HasSecretOf(key.Key))
            {
                throw new KeyFileException($"Key {key.Key.Id} is another one here ({own.Key.Fingerprint}) than there ({key.Key.Fingerprint}).");
            }
        }

        added = [.. missing.Select(key => key.Key.Id)];
        return new KeyFile(Sorted([.. Keys, .. missing]), Current);
    }

    /// <summary>With another key to use.</summary>
    /// <exception cref="KeyFileException">There is no such key.</exception>
    public KeyFile Using(byte id) => new(Keys, Find(id));

    /// <summary>Without a key.</summary>
    /// <exception cref="KeyFileException">There is no such key, or it is in use.</exception>
    public KeyFile Without(byte id) => Find(id) == Current
        ? throw new KeyFileException($"Key {id} is in use; 'chirps keys use' takes another one first.")
        : new KeyFile([.. Keys.Where(key => key.Key.Id != id)], Current);

    private static StoredKey Make(byte id, DateOnly today)
    {
        var secret = RandomNumberGenerator.GetBytes(PacketKey.Bytes);
        var key = new StoredKey(new PacketKey(id, secret), today);
        CryptographicOperations.ZeroMemory(secret);
        return key;
    }

    private static List<StoredKey> Sorted(IEnumerable<StoredKey> keys) => [.. keys.OrderBy(key => key.Key.Id)];

    private static StoredKey? TryParse(string[] fields)
    {
        if (fields.Length is < 3 or > 4 || (fields.Length == 4 && fields[3] != UseMark)
            || !byte.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id == 0
            || fields[1].Length != 2 * PacketKey.Bytes
            || !DateOnly.TryParseExact(fields[2], DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var made))
        {
            return null;
        }

        Span<byte> secret = stackalloc byte[PacketKey.Bytes];
        return Convert.FromHexString(fields[1], secret, out _, out _) == System.Buffers.OperationStatus.Done
            ? new StoredKey(new PacketKey(id, secret), made)
            : null;
    }

    private byte Find(byte id) => Keys.Any(key => key.Key.Id == id)
        ? id
        : throw new KeyFileException($"There is no key {id}; there is {string.Join(", ", Keys.Select(key => key.Key.Id))}.");

    private byte FreeId()
    {
        for (var id = 1; id <= byte.MaxValue; id++)
        {
            if (!Keys.Any(key => key.Key.Id == id))
            {
                return (byte)id;
            }
        }

        throw new KeyFileException("All 255 numbers are taken; 'chirps keys remove' frees some.");
    }
}
