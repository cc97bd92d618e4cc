using Chirps.Iggy.Durable;
using Chirps.Node;
using Microsoft.Extensions.Logging;

namespace Chirps.Iggy.Backend;

/// <summary>Makes the backend of durable messages for a node.</summary>
/// <param name="loggers">Where to log.</param>
/// <param name="time">The clock.</param>
public sealed class IggyBackendFactory(ILoggerFactory loggers, TimeProvider time) : IBackendFactory
{
    private readonly OutboxFeeds _feeds = new();
    private volatile IggyBackend? _backend;

    /// <inheritdoc/>
    public string Name => IggyOptions.BackendName;

    /// <summary>The server the backend talks to, for others that read or write channels; <see langword="null"/> before a node with a route to this backend was made.</summary>
    public IggyLink? Link { get; private set; }

    /// <summary>The channels as the node reaches them. Without a node that runs, there is no server.</summary>
    public IDurableChannels Channels => new MeshChannels(() => _backend, _feeds);

    /// <inheritdoc/>
    public IStoringBackend Create(MeshNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        Link = new IggyLink(node, time, loggers);
        var backend = new IggyBackend(node, Link, _feeds, time, loggers);
        _backend = backend;
        return backend;
    }
}
