using System.Collections.Concurrent;
using System.Globalization;
using Chirps.Iggy.Embedded.Catalog;
using Chirps.Iggy.Embedded.Log;
using Chirps.Iggy.Protocol;
using Microsoft.Extensions.Logging;

namespace Chirps.Iggy.Embedded;

/// <summary>Everything a server keeps: the catalog, the open partitions, the stored offsets.</summary>
/// <remarks>Any thread. Changes of the catalog happen one after the other; each is on disk before anybody sees it.</remarks>
internal sealed class Storage : IAsyncDisposable
{
    private const string LockName = "lock";
    private const int CommitThreads = 4;

    private readonly EmbeddedIggyOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly FileStream _lock;
    private readonly CatalogFile _file;
    private readonly LogCommitter _committer;
    private readonly SemaphoreSlim _changing = new(1);
    private readonly ConcurrentDictionary<ulong, ServerTopic> _topics = new();

    private volatile CatalogState _state;

    private Storage(EmbeddedIggyOptions options, FileStream heldLock, LogCounters? counters, TimeProvider time, ILogger log)
    {
        _options = options;
        _time = time;
        _log = log;
        _lock = heldLock;
        _file = new CatalogFile(new DiskDirectory(options.DataDirectory));
        _state = _file.Read();
        _committer = new LogCommitter(CommitThreads, counters);
        try
        {
            Offsets = new OffsetStore(OpenLog(Path.Combine(options.DataDirectory, "offsets"), new LogSettings
            {
                Durability = options.Durability,
                SegmentBytes = OffsetStore.SegmentBytes,
                DeduplicationWindow = 0,
            }));
        }
        catch
        {
            _committer.Dispose();
            throw;
        }
    }

    /// <summary>The catalog now. It does not change; another one takes its place.</summary>
    public CatalogState State => _state;

    public OffsetStore Offsets { get; }

    public IEnumerable<KeyValuePair<ulong, ServerTopic>> Topics => _topics;

    private string TopicsPath => Path.Combine(_options.DataDirectory, "topics");

    /// <summary>Opens what is in the data directory, or begins it.</summary>
    /// <exception cref="IOException">The directory is in use by another server, or cannot be read or written.</exception>
    /// <exception cref="InvalidDataException">The catalog is damaged.</exception>
    public static async Task<Storage> OpenAsync(EmbeddedIggyOptions options, LogCounters? counters, TimeProvider time, ILogger log)
    {
        _ = new DiskDirectory(options.DataDirectory);
        var held = new FileStream(Path.Combine(options.DataDirectory, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        Storage storage;
        try
        {
            storage = new Storage(options, held, counters, time, log);
        }
        catch
        {
            await held.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        try
        {
            storage.RemoveRemains();
            foreach (var topic in storage.State.Streams.Values.SelectMany(stream => stream.Topics.Values))
            {
                storage.Open(topic);
            }

            return storage;
        }
        catch
        {
            await storage.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public ulong Now() => IggyTime.ToMicroseconds(_time.GetUtcNow());

    /// <summary>What is open of a topic; <see langword="null"/> when it was removed meanwhile.</summary>
    public ServerTopic? Find(TopicState topic) => _topics.GetValueOrDefault(topic.Key);

    /// <summary>Changes the catalog.</summary>
    /// <param name="change">The wanted change.</param>
    /// <returns>The state after it, and whether it was refused.</returns>
    public async Task<CatalogChange> ChangeAsync(Func<CatalogState, CatalogChange> change)
    {
        await _changing.WaitAsync().ConfigureAwait(false);
        try
        {
            var before = _state;
            var changed = change(before);
            if (changed.Status == IggyStatus.Ok && !ReferenceEquals(changed.State, before))
            {
                _file.Write(changed.State);
                _state = changed.State;
                await FollowAsync(before, changed.State).ConfigureAwait(false);
            }

            return changed;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Applies retention, and tidies the stored offsets.</summary>
    public async Task MaintainAsync()
    {
        foreach (var partition in _topics.Values.SelectMany(topic => topic.Partitions))
        {
            await Tolerate(partition.Log.TrimAsync).ConfigureAwait(false);
        }

        await Tolerate(Offsets.MaintainAsync).ConfigureAwait(false);
    }

    /// <summary>Puts everything that was answered on stable storage.</summary>
    public async Task SyncAsync()
    {
        foreach (var partition in _topics.Values.SelectMany(topic => topic.Partitions))
        {
            await Tolerate(partition.Log.SyncAsync).ConfigureAwait(false);
        }

        await Tolerate(Offsets.SyncAsync).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var partition in _topics.Values.SelectMany(topic => topic.Partitions))
        {
            await Tolerate(() => partition.Log.DisposeAsync().AsTask()).ConfigureAwait(false);
        }

        await Tolerate(() => Offsets.DisposeAsync().AsTask()).ConfigureAwait(false);
        _committer.Dispose();
        _changing.Dispose();
        await _lock.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>A log that fails has said so to its publishers and in its own log messages; others go on.</summary>
    private static async Task Tolerate(Func<Task> action)
    {
        try
        {
            await action().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
        }
    }

    /// <summary>Opens and removes what a change of the catalog brings and takes.</summary>
    private async Task FollowAsync(CatalogState before, CatalogState after)
    {
        var topics = after.Streams.Values.SelectMany(stream => stream.Topics.Values).ToDictionary(topic => topic.Key);
        foreach (var old in before.Streams.Values.SelectMany(stream => stream.Topics.Values))
        {
            if (!topics.TryGetValue(old.Key, out var topic))
            {
                await RemoveAsync(old).ConfigureAwait(false);
            }
            else if (!ReferenceEquals(old, topic))
            {
                await ChangeAsync(old, topic).ConfigureAwait(false);
            }
        }

        foreach (var topic in topics.Values.Where(topic => !_topics.ContainsKey(topic.Key)))
        {
            Open(topic);
        }
    }

    private async Task ChangeAsync(TopicState old, TopicState topic)
    {
        foreach (var group in old.Groups.Values.Where(group => !topic.Groups.ContainsKey(group.Id)))
        {
            _topics[topic.Key].Forget(group);
            await Offsets.RemoveAsync(key => key.TopicKey == topic.Key && key.Consumer == IggyConsumer.Group(group.Id)).ConfigureAwait(false);
        }

        var open = _topics[topic.Key].Partitions;
        foreach (var partition in open)
        {
            partition.Log.Settings = Retention(topic, partition.Log.Settings);
        }

        var removed = open.Skip(topic.Partitions.Count).ToArray();
        if (open.Length != topic.Partitions.Count)
        {
            _topics[topic.Key].Use([.. open.Take(topic.Partitions.Count), .. OpenPartitions(topic, open.Length)]);
            await Offsets.RemoveAsync(key => key.TopicKey == topic.Key && key.Partition >= topic.Partitions.Count).ConfigureAwait(false);
        }

        foreach (var partition in removed)
        {
            await Tolerate(() => partition.Log.DisposeAsync().AsTask()).ConfigureAwait(false);
            DiskDirectory.Remove(PartitionPath(topic, partition.Id));
        }
    }

    private async Task RemoveAsync(TopicState topic)
    {
        if (_topics.TryRemove(topic.Key, out var open))
        {
            foreach (var partition in open.Partitions)
            {
                await Tolerate(() => partition.Log.DisposeAsync().AsTask()).ConfigureAwait(false);
            }
        }

        await Offsets.RemoveAsync(key => key.TopicKey == topic.Key).ConfigureAwait(false);
        DiskDirectory.Remove(TopicPath(topic));
    }

    private void Open(TopicState topic)
    {
        var open = new ServerTopic();
        open.Use([.. OpenPartitions(topic, 0)]);
        _topics[topic.Key] = open;
    }

    private IEnumerable<ServerPartition> OpenPartitions(TopicState topic, int from)
    {
        for (var partition = (uint)from; partition < topic.Partitions.Count; partition++)
        {
            var settings = new LogSettings { Durability = _options.Durability, SegmentBytes = _options.SegmentBytes, DeduplicationWindow = _options.DeduplicationWindow };
            yield return new ServerPartition(partition, OpenLog(PartitionPath(topic, partition), Retention(topic, settings)));
        }
    }

    private static LogSettings Retention(TopicState topic, LogSettings settings) => settings with
    {
        ExpiryMicroseconds = topic.ExpiryMicroseconds,
        SizeBytesMax = topic.SizeBytesMax == ulong.MaxValue ? ulong.MaxValue : topic.SizeBytesMax / (ulong)Math.Max(1, topic.Partitions.Count),
    };

    private PartitionLog OpenLog(string path, LogSettings settings) => PartitionLog.Open(new DiskDirectory(path), settings, _committer, _time, _log);

    private string TopicPath(TopicState topic) => Path.Combine(TopicsPath, topic.Key.ToString(CultureInfo.InvariantCulture));

    private string PartitionPath(TopicState topic, uint partition) => Path.Combine(TopicPath(topic), partition.ToString(CultureInfo.InvariantCulture));

    /// <summary>Removes what a removal, cut short, has left.</summary>
    private void RemoveRemains()
    {
        if (!Directory.Exists(TopicsPath))
        {
            return;
        }

        var topics = State.Streams.Values.SelectMany(stream => stream.Topics.Values).ToDictionary(topic => TopicPath(topic));
        foreach (var path in Directory.EnumerateDirectories(TopicsPath))
        {
            if (!topics.TryGetValue(path, out var topic))
            {
                DiskDirectory.Remove(path);
                continue;
            }

            foreach (var partition in Directory.EnumerateDirectories(path).Where(name => !uint.TryParse(Path.GetFileName(name), out var id) || id >= topic.Partitions.Count).ToArray())
            {
                DiskDirectory.Remove(partition);
            }
        }
    }
}
