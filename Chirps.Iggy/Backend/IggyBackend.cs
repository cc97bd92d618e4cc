using System.Text;
using Chirps.Engine.Membership;
using Chirps.Engine.Time;
using Chirps.Iggy.Durable;
using Chirps.Iggy.Protocol;
using Chirps.Node;
using Microsoft.Extensions.Logging;

namespace Chirps.Iggy.Backend;

/// <summary>Durable messages of one node: published to an Iggy server, hosted by the mesh itself unless one is configured, and read from it.</summary>
internal sealed class IggyBackend(MeshNode node, IggyLink link, OutboxFeeds feeds, TimeProvider time, ILoggerFactory loggers) : IStoringBackend
{
    private readonly Lock _gate = new();
    private readonly HybridClock _clock = new();
    private DurablePublisher? _publisher;
    private IggyHost? _host;
    private Outbox? _outbox;
    private OutboxSender? _sender;
    private ChannelReader? _reader;
    private StoredNews? _news;

    public string Name => IggyOptions.BackendName;

    /// <inheritdoc />
    public HealthCheck Health
    {
        get
        {
            var status = Status;
            var text = status.IsConnected ? "ok" : $"the server is not reached; {status.Outbox.Messages} messages wait in the outbox, which {(status.Outbox.HasRoom ? "has room" : "is full")}";
            return new HealthCheck(Name, status.IsReady, text);
        }
    }

    /// <summary>The server.</summary>
    internal IggyLink Link => link;

    /// <summary>How long a request may take when the caller does not say.</summary>
    internal TimeSpan Patience => node.Options.Backends.Iggy.SendTimeout;

    /// <summary>How often to ask for new messages while there are none.</summary>
    internal TimeSpan PollInterval => node.Options.Backends.Iggy.PollInterval;

    /// <summary>The members this node knows, itself included.</summary>
    internal IEnumerable<MemberId> Members => node.Membership.Members.Select(member => member.Id);

    /// <summary>The server and the outbox at this moment.</summary>
    internal DurableStatus Status => new(link.IsConnected, link.Address, link.Host, link.Stream, _outbox?.Report ?? new OutboxReport(0, 0, 0, 0));

    public void Start()
    {
        var options = node.Options;
        var iggy = options.Backends.Iggy;
        var self = node.Membership.Self.Id;
        var directory = Path.Combine(options.Mesh.DataDirectory, "outbox", self.ToString());
        try
        {
            _outbox = new Outbox(directory, iggy.OutboxMessages, iggy.OutboxBytes, link.Changed.Beat, time, loggers.CreateLogger<Outbox>());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new MeshConfigurationException("Chirps:Mesh:DataDirectory", $"the outbox in {directory} cannot be opened: {exception.Message}", exception);
        }

        var metrics = new DurableMetrics(node.Metrics, _outbox, () => _reader?.Lag(inbox: true) ?? 0, () => _reader?.Lag(inbox: false) ?? 0);
        _host = IggyHost.IsWanted(options) ? new IggyHost(node, time, loggers) : null;
        link.Start();
        _news = new StoredNews(node, time);
        _sender = new OutboxSender(_outbox, link, metrics, feeds, _news.Tell, time, loggers.CreateLogger<OutboxSender>());
        _reader = new ChannelReader(node, link, _news, header => Seen(header, metrics), time, loggers.CreateLogger<ChannelReader>());
        _publisher = new DurablePublisher(link, _outbox, metrics, _news.Tell, iggy.SendTimeout, time, loggers.CreateLogger<DurablePublisher>());
    }

    public ValueTask<SendResult> SendAsync(MemberId target, ReadOnlyMemory<byte> payload, string topic, in SendSettings settings, CancellationToken cancellationToken)
        => PublishAsync(DurableChannels.Inbox(target), target, payload, topic, settings, cancellationToken);

    public ValueTask<SendResult> BroadcastAsync(ReadOnlyMemory<byte> payload, string topic, in SendSettings settings, CancellationToken cancellationToken)
        => PublishAsync(DurableChannels.Broadcast, default, payload, topic, settings, cancellationToken);

    /// <summary>Stores a message in a channel; its name and the settings are valid.</summary>
    internal ValueTask<SendResult> PublishAsync(string channel, ReadOnlyMemory<byte> payload, in PublishSettings settings, CancellationToken cancellationToken)
        => payload.Length > node.Options.Limits.DurableBytes
            ? ValueTask.FromResult(SendResult.Rejected(FailureReason.TooLarge))
            : PublishAsync(channel, default, payload, settings.Topic ?? channel, new SendSettings(settings.Deadline, MessageId: settings.MessageId, OrderingKey: settings.Key), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var part in new IAsyncDisposable?[] { _reader, _sender, _news, link, _outbox, _host })
        {
            if (part is not null)
            {
                await part.DisposeAsync().ConfigureAwait(false);
            }
        }

        feeds.Close();
    }

    private void Seen(DurableHeader? header, DurableMetrics metrics)
    {
        if (header is not { } known)
        {
            metrics.ForeignRead();
            return;
        }

        lock (_gate)
        {
            _clock.Observe(time.GetUtcNow().ToUnixTimeMilliseconds(), known.Timestamp);
        }
    }

    private ValueTask<SendResult> PublishAsync(string channel, MemberId target, ReadOnlyMemory<byte> payload, string topic, in SendSettings settings, CancellationToken cancellationToken)
    {
        if (settings.OrderingKey is { } key && Encoding.UTF8.GetByteCount(key) is 0 or > IggyLimits.NameBytesMax)
        {
            throw new ArgumentException($"An ordering key has 1 to {IggyLimits.NameBytesMax} bytes of UTF-8.", nameof(settings));
        }

        if (_publisher is not { } publisher)
        {
            return ValueTask.FromResult(SendResult.Rejected(FailureReason.NotConnected));
        }

        var isChosen = settings.MessageId is { } chosen && chosen != Guid.Empty;
        HybridTimestamp timestamp;
        lock (_gate)
        {
            timestamp = _clock.Next(time.GetUtcNow().ToUnixTimeMilliseconds());
        }

        var header = new DurableHeader(isChosen ? settings.MessageId!.Value : Guid.NewGuid(), node.Membership.Self.Id, topic, timestamp, target, settings.OrderingKey, settings.Trace);
        return publisher.PublishAsync(channel, header, isChosen, payload, settings.Deadline ?? node.Options.Backends.Iggy.SendTimeout, cancellationToken);
    }
}
