using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Chirps.Engine.Membership;
using Chirps.Iggy.Client;
using Chirps.Iggy.Protocol;
using Chirps.Node;
using Chirps.Quic;
using Microsoft.Extensions.Logging;

namespace Chirps.Iggy.Backend;

/// <summary>
/// The way to the server of durable messages: the configured one, or the one that a node of the mesh hosts and announces in its key-values.
/// Several announce one: the lowest node id that is not dead counts. Any thread.
/// </summary>
public sealed partial class IggyLink : IAsyncDisposable
{
    /// <summary>The password of hosted servers. It keeps nobody out, and need not: only nodes with a certificate of the cluster get as far as the login.</summary>
    internal const string HostedPassword = "chirps-mesh";

    private static readonly TimeSpan _reconnectMax = TimeSpan.FromSeconds(1);

    private readonly MeshNode _node;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, int> _partitions = new(StringComparer.Ordinal);
    private volatile Server? _server;
    private Task _looking = Task.CompletedTask;

    internal IggyLink(MeshNode node, TimeProvider time, ILoggerFactory loggers)
    {
        _node = node;
        _time = time;
        _log = loggers.CreateLogger<IggyLink>();
    }

    /// <summary>The client of the server; <see langword="null"/> while none is known. Another one when another node hosts it, or the host has another address. Not to be disposed of.</summary>
    public IggyClient? Client => _server?.Client;

    /// <summary>The Iggy stream of this cluster.</summary>
    public string Stream => Options.Stream.Length > 0 ? Options.Stream : _node.Cluster;

    /// <summary>Who hosts the server; the default value for a configured one, or none.</summary>
    public MemberId Host => _server?.Host ?? default;

    /// <summary>Where the server is, <c>host:port</c>; <see langword="null"/> while none is known.</summary>
    public string? Address => _server?.Address;

    /// <summary>Whether there is a connection at this moment.</summary>
    public bool IsConnected => _server is { Client.IsConnected: true };

    /// <summary>Beats when there is another server, and when the connection comes or goes.</summary>
    internal Pulse Changed { get; } = new();

    private IggyOptions Options => _node.Options.Backends.Iggy;

    /// <summary>How many partitions a channel has, which is made when there is none.</summary>
    /// <exception cref="IggyException">There is no server, or it refused.</exception>
    public async ValueTask<int> PartitionsAsync(string channel, CancellationToken cancellationToken = default)
    {
        if (_partitions.TryGetValue(channel, out var known))
        {
            return known;
        }

        var server = _server ?? throw IggyException.NotConnected("No server of durable messages is known.");
        var topic = await server.Client.GetTopicAsync(Stream, channel, cancellationToken).ConfigureAwait(false);
        if (topic is null)
        {
            await IfMissing(server.Client.CreateStreamAsync(Stream, cancellationToken), IggyStatus.StreamNameExists).ConfigureAwait(false);
            var wanted = DurableChannels.PartitionsOf(channel, Options.Partitions);
            await IfMissing(server.Client.CreateTopicAsync(Stream, channel, wanted, null, cancellationToken), IggyStatus.TopicNameExists).ConfigureAwait(false);
            topic = await server.Client.GetTopicAsync(Stream, channel, cancellationToken).ConfigureAwait(false);
        }

        var partitions = topic is { Partitions.Count: > 0 } made
            ? made.Partitions.Count
            : throw IggyException.Refused(IggyCommand.GetTopic, IggyStatus.PartitionNotFound);
        if (server == _server)
        {
            _partitions[channel] = partitions;
        }

        return partitions;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _looking.ConfigureAwait(false);
        if (Interlocked.Exchange(ref _server, null) is { } server)
        {
            await server.Client.DisposeAsync().ConfigureAwait(false);
        }

        _stopping.Dispose();
    }

    /// <summary>Begins to look for a server.</summary>
    internal void Start()
    {
        if (Options.Url.Length > 0)
        {
            var options = IggyClientOptions.FromUrl(Options.Url);
            _server = new Server(default, $"{options.Host}:{options.Port}", new IggyClient(options with
            {
                ConnectionChanged = Changed.Beat,
                Dialect = options.Dialect == IggyDialect.Auto ? (IggyDialect)Options.Dialect : options.Dialect,
                ReconnectDelayMax = _reconnectMax,
                Time = _time,
                Logger = _log,
            }));
        }
        else
        {
            _looking = LookAsync();
        }
    }

    /// <summary>What is known of a channel without asking.</summary>
    internal bool TryGetPartitions(string channel, out int partitions) => _partitions.TryGetValue(channel, out partitions);

    /// <summary>A channel turned out to be missing on the server: it is made again when it is next needed.</summary>
    internal void Forget(string channel) => _partitions.TryRemove(channel, out _);

    private static async ValueTask IfMissing<T>(ValueTask<T> creation, IggyStatus exists)
    {
        try
        {
            await creation.ConfigureAwait(false);
        }
        catch (IggyException exception) when (exception.Status == exists)
        {
        }
    }

    /// <summary>Looks again whenever a node announces a server, or a member comes or goes.</summary>
    private async Task LookAsync()
    {
        using var announcements = _node.WatchState(MeshNode.IggyAddressKey);
        using var members = _node.WatchMembership();
        var changed = new Pulse();
        var watching = Task.WhenAll(WatchAsync(announcements.Changes, changed), WatchAsync(members.Changes, changed));
        try
        {
            while (!watching.IsCompleted)
            {
                var next = changed.Next;
                await FollowAsync().ConfigureAwait(false);
                await Task.WhenAny(next, watching).ConfigureAwait(false);
            }
        }
        finally
        {
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task WatchAsync<T>(System.Threading.Channels.ChannelReader<T> feed, Pulse changed)
    {
        while (await feed.WaitToReadAsync(_stopping.Token).ConfigureAwait(false))
        {
            while (feed.TryRead(out _))
            {
            }

            changed.Beat();
        }
    }

    /// <summary>Goes on with the present host. While none can be seen the former one is kept: it may come back where it was.</summary>
    private async Task FollowAsync()
    {
        var former = _server;
        if (FindHost() is not { } found || (former is not null && former.Host == found.Host && former.Address == found.Address))
        {
            return;
        }

        var endpoint = IPEndPoint.Parse(found.Address);
        var client = new IggyClient(new IggyClientOptions
        {
            Host = endpoint.Address.ToString(),
            Port = endpoint.Port,
            UseTls = true,
            Tls = () => StreamTls.ForClient(_node.Material, endpoint.Address.ToString(), found.Host.ToString()),
            Password = HostedPassword,
            Dialect = IggyDialect.Classic,
            ReconnectDelayMax = _reconnectMax,
            ConnectionChanged = Changed.Beat,
            Time = _time,
            Logger = _log,
        });
        _partitions.Clear();
        _server = new Server(found.Host, found.Address, client);
        Changed.Beat();
        LogHost(_log, found.Host.ToString(), found.Address, former is null ? "none" : former.Host.ToString());
        if (former is not null)
        {
            await former.Client.DisposeAsync().ConfigureAwait(false);
        }
    }

    private (MemberId Host, string Address)? FindHost()
    {
        var view = _node.Membership;
        (MemberId Host, string Address)? best = null;
        foreach (var state in _node.ClusterState)
        {
            if (state.Find(MeshNode.IggyAddressKey) is { } entry
                && view.TryGet(state.Owner, out var member)
                && member.Generation == state.Generation
                && member.Status is MemberStatus.Alive or MemberStatus.Suspect
                && (best is null || state.Owner < best.Value.Host)
                && IPEndPoint.TryParse(Encoding.UTF8.GetString(entry.Value.Span), out _))
            {
                best = (state.Owner, Encoding.UTF8.GetString(entry.Value.Span));
            }
        }

        return best;
    }

    [LoggerMessage(3200, LogLevel.Information, "Durable messages go to the server that {Host} hosts at {Address}; before: {Former}")]
    private static partial void LogHost(ILogger logger, string host, string address, string former);

    /// <summary>A server and its client.</summary>
    private sealed record Server(MemberId Host, string Address, IggyClient Client);
}
