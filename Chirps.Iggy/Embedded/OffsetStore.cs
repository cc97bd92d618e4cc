using Chirps.Iggy.Embedded.Log;
using Chirps.Iggy.Protocol;

namespace Chirps.Iggy.Embedded;

/// <summary>The offsets that consumers have stored: in memory, and in a log of their changes that is written anew when it has grown.</summary>
/// <remarks>Any thread. A change is visible at once, and on disk, as safe as messages are, when its task ends.</remarks>
internal sealed class OffsetStore : IAsyncDisposable
{
    /// <summary>Size at which a segment of the log is closed.</summary>
    public const long SegmentBytes = 4 * 1024 * 1024;

    private const int ReadCount = 10_000;
    private const int ReadBytes = 4 * 1024 * 1024;

    private readonly PartitionLog _log;
    private readonly Lock _gate = new();
    private readonly Dictionary<OffsetKey, ulong> _offsets = [];

    public OffsetStore(PartitionLog log)
    {
        _log = log;
        using var buffer = new WireBuffer();
        for (var offset = log.StartOffset; offset < log.NextOffset;)
        {
            buffer.Clear();
            offset = ReadSome(offset, buffer);
        }
    }

    /// <summary>The offset stored, or none.</summary>
    public ulong? Find(in OffsetKey key)
    {
        lock (_gate)
        {
            return _offsets.TryGetValue(key, out var offset) ? offset : null;
        }
    }

    /// <summary>Stores an offset.</summary>
    public Task StoreAsync(OffsetKey key, ulong offset)
    {
        // Within the lock, so that the log has the changes in the order of the table.
        lock (_gate)
        {
            _offsets[key] = offset;
            return _log.AppendAsync(OffsetRecord.Encode(key, offset), 1);
        }
    }

    /// <summary>Forgets an offset.</summary>
    /// <returns><see langword="null"/> when there was none.</returns>
    public Task? Remove(OffsetKey key)
    {
        lock (_gate)
        {
            return _offsets.Remove(key) ? _log.AppendAsync(OffsetRecord.Encode(key, null), 1) : null;
        }
    }

    /// <summary>Forgets the offsets of consumers and partitions that are gone.</summary>
    public async Task RemoveAsync(Func<OffsetKey, bool> condition)
    {
        Task removal;
        lock (_gate)
        {
            var keys = _offsets.Keys.Where(condition).ToArray();
            if (keys.Length == 0)
            {
                return;
            }

            foreach (var key in keys)
            {
                _offsets.Remove(key);
            }

            removal = _log.AppendAsync(keys.SelectMany(key => OffsetRecord.Encode(key, null)).ToArray(), keys.Length);
        }

        await removal.ConfigureAwait(false);
    }

    /// <summary>Puts the changes on stable storage, and writes the log anew when most of it is history.</summary>
    public async Task MaintainAsync()
    {
        if (_log.SegmentCount <= 1)
        {
            return;
        }

        Task<AppendResult>? snapshot = null;
        lock (_gate)
        {
            var entries = _offsets.SelectMany(pair => OffsetRecord.Encode(pair.Key, pair.Value)).ToArray();
            if (entries.Length > 0)
            {
                snapshot = _log.AppendAsync(entries, _offsets.Count);
            }
        }

        // The copy is as safe as it can be before what it replaces goes.
        var first = snapshot is null ? _log.NextOffset : (await snapshot.ConfigureAwait(false)).FirstOffset;
        await _log.SyncAsync().ConfigureAwait(false);
        await _log.RemoveBeforeAsync(first).ConfigureAwait(false);
    }

    public Task SyncAsync() => _log.SyncAsync();

    public ValueTask DisposeAsync() => _log.DisposeAsync();

    private ulong ReadSome(ulong offset, WireBuffer buffer)
    {
        LogRead read;
        try
        {
            read = _log.Read(offset, ReadCount, ReadBytes, buffer);
        }
        catch (LogCorruptException damage)
        {
            // Older offsets come back for what is lost: messages are delivered again, none is left out.
            return damage.NextOffset;
        }

        for (var rest = buffer.Span; StoredMessage.TrySize(rest, out var size); rest = rest[size..])
        {
            if (!OffsetRecord.TryDecode(rest[StoredMessage.HeaderBytes..size], out var key, out var stored))
            {
                continue;
            }

            if (stored is { } value)
            {
                _offsets[key] = value;
            }
            else
            {
                _offsets.Remove(key);
            }
        }

        return read.LastOffset + 1;
    }
}
