using Chirps.Engine.Time;
using Chirps.Iggy.Embedded.Log;

namespace Chirps.Tests.Iggy.Embedded;

/// <summary>A directory in memory that knows what is on stable storage, and can lose the rest, fill up, and fail.</summary>
internal sealed class FaultyDirectory : ILogDirectory
{
    private Dictionary<string, FaultyFile> _files = [];
    private Dictionary<string, FaultyFile> _durableNames = [];

    /// <summary>Bytes that can still be written before the disk is full.</summary>
    public long Room { get; set; } = long.MaxValue;

    /// <summary>How many of the next syncs of files fail; what they were to write is lost.</summary>
    public int FailingSyncs { get; set; }

    public bool FailsToTruncate { get; set; }

    /// <summary>How often a file was synced.</summary>
    public int Syncs { get; set; }

    public IReadOnlyList<string> Files()
    {
        lock (this)
        {
            return [.. _files.Keys];
        }
    }

    public ILogFile Create(string name)
    {
        lock (this)
        {
            if (Room <= 0)
            {
                throw new DiskFullException();
            }

            var file = new FaultyFile(this);
            if (!_files.TryAdd(name, file))
            {
                throw new IOException($"{name} exists.");
            }

            return file;
        }
    }

    public ILogFile Open(string name)
    {
        lock (this)
        {
            return _files.TryGetValue(name, out var file) ? file : throw new FileNotFoundException(name);
        }
    }

    public void Delete(string name)
    {
        lock (this)
        {
            _files.Remove(name);
        }
    }

    public void Rename(string from, string to)
    {
        lock (this)
        {
            _files.Remove(from, out var file);
            _files[to] = file!;
        }
    }

    public void Sync()
    {
        lock (this)
        {
            _durableNames = new Dictionary<string, FaultyFile>(_files);
        }
    }

    /// <summary>The bytes of a file, to look at and to damage.</summary>
    public FaultyFile this[string name] => _files[name];

    /// <summary>The power fails: of what was not synced any part may be there, in pieces of a sector.</summary>
    public void LosePower(SeededRandom random)
    {
        lock (this)
        {
            _files = new Dictionary<string, FaultyFile>(random.Next(2) == 0 ? _durableNames : Merge(random));
            foreach (var name in _files.Keys.Order(StringComparer.Ordinal))
            {
                _files[name].LosePower(random);
            }

            _durableNames = new Dictionary<string, FaultyFile>(_files);
        }
    }

    /// <summary>Names of both times: what was made since the last sync may be there, what was removed may be back.</summary>
    private Dictionary<string, FaultyFile> Merge(SeededRandom random)
    {
        var merged = new Dictionary<string, FaultyFile>(_files);
        foreach (var (name, file) in _durableNames.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (!_files.ContainsKey(name) && random.Next(2) == 0)
            {
                merged[name] = file;
            }
        }

        return merged;
    }
}
