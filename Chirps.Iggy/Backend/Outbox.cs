using System.Globalization;
using System.Text;
using Chirps.Iggy.Durable;
using Chirps.Iggy.Embedded.Log;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Messages;
using Chirps.Node;
using Microsoft.Extensions.Logging;

namespace Chirps.Iggy.Backend;

/// <summary>
/// Messages on this node's disk that the server has not got yet, in order: a log like that of the embedded server, and a file that says how much of
/// it is done. Bounded in messages and bytes. Any thread may append; one at a time reads and removes.
/// </summary>
internal sealed partial class Outbox : IAsyncDisposable
{
    /// <summary>Size at which a file of the log is closed. Files whose messages are all done are deleted.</summary>
    private const long SegmentBytes = 8 * 1024 * 1024;

    private const string ChannelKey = "chirps.channel";
    private const string PositionFile = "position";
    private const int BatchMessages = 512;
    private const int BatchBytes = 4 * 1024 * 1024;

    private readonly string _position;
    private readonly int _messagesMax;
    private readonly long _bytesMax;
    private readonly ILogger _log;
    private readonly Action _changed;
    private readonly LogCommitter _committer = new(threads: 1);
    private readonly PartitionLog _messages;
    private readonly Lock _gate = new();

    // Under the gate. The sizes are those of messages that are stored or about to be, oldest first.
    private readonly Queue<int> _sizes = new();
    private ulong _done;
    private long _bytes;

    /// <summary>Opens the outbox, or makes an empty one.</summary>
    /// <param name="directory">Where it lies.</param>
    /// <param name="messagesMax">How many messages fit.</param>
    /// <param name="bytesMax">How many bytes fit.</param>
    /// <param name="changed">Called, from any thread, when a message can be taken from it and when some were removed.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where to log.</param>
    /// <exception cref="IOException">The directory cannot be read or written.</exception>
    public Outbox(string directory, int messagesMax, long bytesMax, Action changed, TimeProvider time, ILogger log)
    {
        _changed = changed;
        _position = Path.Combine(directory, PositionFile);
        _messagesMax = messagesMax;
        _bytesMax = bytesMax;
        _log = log;
        var settings = new LogSettings { SegmentBytes = SegmentBytes, DeduplicationWindow = 0 };
        _messages = PartitionLog.Open(new DiskDirectory(Path.Combine(directory, "log")), settings, _committer, time, log);
        _done = Math.Max(ReadPosition(), _messages.StartOffset);
        Measure();
    }

    /// <summary>Messages in it.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _sizes.Count;
            }
        }
    }

    /// <summary>What is in it, and what fits.</summary>
    public OutboxReport Report => new(Count, Bytes, _messagesMax, _bytesMax);

    /// <summary>Bytes of the messages in it.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Appends a message. Messages are kept in the order of the calls.</summary>
    /// <returns>Ends with <see langword="true"/> when it is on stable storage, with <see langword="false"/> when there was no room, in the outbox or on the disk.</returns>
    public Task<bool> TryAppendAsync(Outgoing message)
    {
        var stored = Encode(message);
        lock (_gate)
        {
            if (_sizes.Count >= _messagesMax || _bytes + stored.Length > _bytesMax)
            {
                return Task.FromResult(false);
            }

            _sizes.Enqueue(stored.Length);
            _bytes += stored.Length;
            return AppendAsync(stored);
        }
    }

    /// <summary>The oldest messages that go to one place.</summary>
    /// <param name="single">Only the oldest one.</param>
    /// <returns><see langword="null"/> when there is none on stable storage.</returns>
    public OutboxBatch? Peek(bool single)
    {
        while (true)
        {
            var buffer = new WireBuffer();
            try
            {
                var read = _messages.Read(_done, single ? 1u : BatchMessages, BatchBytes, buffer);
                if (read.Count > 0)
                {
                    return Decode(buffer, read.FirstOffset);
                }

                buffer.Dispose();
                return null;
            }
            catch (LogCorruptException damage)
            {
                buffer.Dispose();
                LogDamaged(_log, damage.NextOffset - _done);
                Remove(damage.NextOffset);
            }
        }
    }

    /// <summary>The server has what lies before a place: it is forgotten, also across restarts, unless the disk refuses to note it.</summary>
    public void Remove(ulong nextOffset)
    {
        try
        {
            AtomicFile.Write(_position, nextOffset.ToString(CultureInfo.InvariantCulture), AtomicFile.OwnerOnly);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A full disk must not keep the outbox from being emptied, which makes room. After a restart these messages are sent again.
            LogNotNoted(_log, exception);
        }

        lock (_gate)
        {
            for (; _done < nextOffset; _done++)
            {
                _bytes -= _sizes.TryDequeue(out var size) ? size : 0;
            }
        }

        _changed();
        if (_messages.SegmentCount > 1)
        {
            _ = _messages.RemoveBeforeAsync(nextOffset);
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _messages.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What was confirmed is on stable storage; it is read back in full at the next start.
            LogNotClosed(_log, exception);
        }

        _committer.Dispose();
    }

    private static byte[] Encode(Outgoing message)
    {
        var iggy = DurableCodec.ToIggy(message.Header, message.Payload);
        byte[] headers = [.. new UserHeadersBuilder().Add(ChannelKey, message.Channel).ToArray(), .. iggy.UserHeaders.Span];
        using var buffer = new WireBuffer();
        ClassicMessage.Write(buffer, new MessageView { Id = iggy.Id, Payload = message.Payload.Span, UserHeaders = headers });
        return buffer.Span.ToArray();
    }

    private static OutboxBatch Decode(WireBuffer buffer, ulong firstOffset)
    {
        var messages = new List<IggyMessage>();
        (string Channel, string Key)? place = null;
        var at = 0;
        while (ClassicMessage.TryRead(buffer.Span[at..], out var size, out var view) == IggyStatus.Ok)
        {
            UserHeaders.TryFind(view.UserHeaders, "chirps.channel"u8, out var channel);
            DurableCodec.TryRead(view.UserHeaders, out var header, out _);
            var goes = (channel.Text, header.OrderingKey ?? header.Topic);
            if (place is not null && place != goes)
            {
                break;
            }

            place = goes;
            messages.Add(DurableCodec.ToIggy(header, buffer.Memory.Slice(at + ClassicMessage.HeaderBytes, view.Payload.Length)));
            at += size;
        }

        return new OutboxBatch(buffer, place!.Value.Channel, place.Value.Key, [.. messages], firstOffset + (ulong)messages.Count);
    }

    private async Task<bool> AppendAsync(byte[] stored)
    {
        try
        {
            await _messages.AppendAsync(stored, 1).ConfigureAwait(false);
            _changed();
            return true;
        }
        catch (Exception exception) when (exception is DiskFullException or LogFailedException or ObjectDisposedException)
        {
            LogNotKept(_log, exception);
            lock (_gate)
            {
                // Sizes only bound the whole: which of them goes does not matter.
                _bytes -= _sizes.TryDequeue(out var any) ? any : stored.Length;
            }

            _changed();
            return false;
        }
    }

    private ulong ReadPosition()
        => File.Exists(_position) && ulong.TryParse(File.ReadAllText(_position, Encoding.UTF8), NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? position : 0;

    private void Measure()
    {
        using var buffer = new WireBuffer();
        for (var from = _done; from < _messages.NextOffset;)
        {
            buffer.Clear();
            try
            {
                from = _messages.Read(from, BatchMessages, BatchBytes, buffer).LastOffset + 1;
            }
            catch (LogCorruptException damage)
            {
                // Counted as empty, so that the places of the others stay true.
                for (; from < damage.NextOffset; from++)
                {
                    _sizes.Enqueue(0);
                }

                continue;
            }

            for (var rest = buffer.Span; StoredMessage.TrySize(rest, out var size); rest = rest[size..])
            {
                _sizes.Enqueue(size);
                _bytes += size;
            }
        }
    }

    [LoggerMessage(3220, LogLevel.Error, "Lost {Count} messages of the outbox: the disk does not give them back")]
    private static partial void LogDamaged(ILogger logger, ulong count);

    [LoggerMessage(3222, LogLevel.Warning, "It could not be noted which messages have left the outbox: after a restart some are sent again")]
    private static partial void LogNotNoted(ILogger logger, Exception exception);

    [LoggerMessage(3223, LogLevel.Warning, "The outbox could not be closed in order; nothing of it is lost")]
    private static partial void LogNotClosed(ILogger logger, Exception exception);

    [LoggerMessage(3221, LogLevel.Error, "The outbox could not keep a message; its sender was told")]
    private static partial void LogNotKept(ILogger logger, Exception exception);
}
