using Chirps.Node;
using Microsoft.Extensions.Logging;

namespace Chirps.Iggy.Backend;

/// <summary>Makes the backend of durable messages for a node.</summary>
/// <param name="loggers">Where to log.</param>
/// <param name="time">The clock.</param>
public sealed class IggyBackendFactory(ILoggerFactory loggers, TimeProvider time) : IBackendFactory
{
    /// <inheritdoc/>
    public string Name => IggyOptions.BackendName;

    /// <summary>The server the backend talks to, for others that read or write channels; <see langword="null"/> before a node with a route to this backend was made.</summary>
    public IggyLink? Link { get; private set; }

    /// <inheritdoc/>
    public IStoringBackend Create(MeshNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        Link = new IggyLink(node, time, loggers);
        return new IggyBackend(node, Link, time, loggers);
    }
}
