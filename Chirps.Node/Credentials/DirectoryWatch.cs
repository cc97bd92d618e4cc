namespace Chirps.Node.Credentials;

/// <summary>Reports changes in directories where the system can do so. A help, not a guarantee: who uses it looks by itself as well.</summary>
internal sealed class DirectoryWatch : IDisposable
{
    private readonly List<FileSystemWatcher> _watchers = [];

    /// <param name="directories">Directories; those that cannot be watched are left out.</param>
    /// <param name="changed">Called on a thread of the system's, perhaps many times for one change.</param>
    public DirectoryWatch(IEnumerable<string> directories, Action changed)
    {
        foreach (var directory in directories)
        {
            Watch(directory, changed);
        }
    }

    /// <summary>How many directories are watched.</summary>
    public int Count => _watchers.Count;

    public void Dispose() => _watchers.ForEach(watcher => watcher.Dispose());

    private void Watch(string directory, Action changed)
    {
        FileSystemWatcher? watcher = null;
        try
        {
            // Not only the files themselves: a mounted secret changes by renaming a link beside them.
            watcher = new FileSystemWatcher(directory);
            watcher.Changed += (_, _) => changed();
            watcher.Created += (_, _) => changed();
            watcher.Renamed += (_, _) => changed();
            watcher.Error += (_, _) => changed();
            watcher.EnableRaisingEvents = true;
            _watchers.Add(watcher);
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            // No such directory, or no more watches to be had (fs.inotify.max_user_instances).
            watcher?.Dispose();
        }
    }
}
