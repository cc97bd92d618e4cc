using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Options;
using JsonOptions = Microsoft.AspNetCore.Http.Json.JsonOptions;

namespace Chirps.Silo.Page;

/// <summary>
/// Feeds the open pages: a snapshot first, then changes, each frame made once for all. Counters are read every second, so that
/// charts have a past; everything else only while a page is open. Frames are numbered, and the last ones are kept: a reader that
/// comes back goes on where it was, or gets a snapshot. Readers never hold the feed up, the feed never holds the node up.
/// </summary>
internal sealed partial class LiveFeed(IPageSource source, IOptions<JsonOptions> json, TimeProvider clock, ILogger<LiveFeed> logger, int clientsMax) : BackgroundService
{
    private const int SamplesMax = 180;
    private const int FramesKept = 64;
    private const int FramesQueued = 32;
    private const int TurnsPerSample = 5;
    private const int SamplesPerHeartbeat = 10;
    private static readonly TimeSpan _turn = TimeSpan.FromMilliseconds(200);
    private static readonly byte[] _heartbeat = ": alive\n\n"u8.ToArray();

    private readonly JsonSerializerOptions _json = new(json.Value.SerializerOptions) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
    private readonly Lock _gate = new();
    private readonly List<LiveClient> _clients = [];
    private readonly Queue<ReadOnlyMemory<byte>> _kept = [];
    private readonly Queue<PageSample> _samples = [];
    private readonly string _epoch = Guid.NewGuid().ToString("N")[..8];
    private PageSnapshot? _last;
    private long _number;
    private bool _ended;

    /// <summary>Open readers.</summary>
    public int Clients
    {
        get
        {
            lock (_gate)
            {
                return _clients.Count;
            }
        }
    }

    /// <summary>Opens a reader; dispose it when it is gone.</summary>
    /// <param name="lastEventId">The id of the last frame it has seen, if it comes back.</param>
    /// <returns><see langword="null"/> when there are as many readers as allowed, or the feed has ended.</returns>
    public LiveClient? TryOpen(string? lastEventId)
    {
        lock (_gate)
        {
            if (_ended || _clients.Count >= clientsMax)
            {
                return null;
            }

            var client = new LiveClient(FramesQueued + FramesKept, Close);
            client.NeedsSnapshot = !TryResume(client, lastEventId);
            _clients.Add(client);
            return client;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The host's start does not wait for the first look.
        await Task.Yield();
        using var timer = new PeriodicTimer(_turn, clock);
        try
        {
            for (var turn = 0; ; turn++)
            {
                await TurnAsync(turn, stoppingToken);
                await timer.WaitForNextTickAsync(stoppingToken);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The host stops, or the node has stopped before it.
        }
        catch (Exception exception)
        {
            LogEnded(logger, exception);
        }
        finally
        {
            End();
        }
    }

    private async Task TurnAsync(int turn, CancellationToken cancellationToken)
    {
        var isSample = turn % TurnsPerSample == 0;
        if (isSample)
        {
            Keep(source.Sample());
        }

        bool isAwaited;
        lock (_gate)
        {
            isAwaited = _clients.Exists(client => client.NeedsSnapshot);
            if (_clients.Count == 0 || (!isSample && !isAwaited && source.Version == _last?.Node.MembershipVersion))
            {
                return;
            }
        }

        var now = await source.LookAsync([.. _samples], cancellationToken);
        lock (_gate)
        {
            var change = Array.Empty<byte>();
            if (_last is { } last)
            {
                change = Frame("change", ++_number, PageChange.Between(last, now));
                _kept.Enqueue(change);
                while (_kept.Count > FramesKept)
                {
                    _kept.Dequeue();
                }
            }

            _last = now;
            Publish(change, isAwaited || _clients.Exists(client => client.NeedsSnapshot) ? Frame("snapshot", _number, now) : []);
            if (turn % (TurnsPerSample * SamplesPerHeartbeat) == 0)
            {
                _clients.RemoveAll(client => !client.TryPush(_heartbeat));
            }
        }
    }

    private void Keep(PageSample sample)
    {
        _samples.Enqueue(sample);
        while (_samples.Count > SamplesMax)
        {
            _samples.Dequeue();
        }
    }

    private void Publish(byte[] change, byte[] snapshot)
    {
        _clients.RemoveAll(client =>
        {
            var frame = client.NeedsSnapshot ? snapshot : change;
            if (frame.Length == 0)
            {
                return false;
            }

            client.NeedsSnapshot = false;
            return !client.TryPush(frame);
        });
    }

    private bool TryResume(LiveClient client, string? lastEventId)
    {
        var parts = lastEventId?.Split('-') ?? [];
        if (_last is null || parts.Length != 2 || parts[0] != _epoch || !long.TryParse(parts[1], out var seen) || seen > _number || seen < _number - _kept.Count)
        {
            return false;
        }

        foreach (var frame in _kept.Skip(_kept.Count - (int)(_number - seen)))
        {
            client.TryPush(frame);
        }

        return true;
    }

    private byte[] Frame<T>(string type, long number, T data)
        => Encoding.UTF8.GetBytes($"id: {_epoch}-{number}\nevent: {type}\ndata: {JsonSerializer.Serialize(data, _json)}\n\n");

    private void Close(LiveClient client)
    {
        lock (_gate)
        {
            _clients.Remove(client);
        }
    }

    private void End()
    {
        lock (_gate)
        {
            _ended = true;
            _clients.ForEach(client => client.End());
            _clients.Clear();
        }
    }

    [LoggerMessage(5010, LogLevel.Error, "The live page's feed has ended; the page shows that its data is old")]
    private static partial void LogEnded(ILogger logger, Exception exception);
}
