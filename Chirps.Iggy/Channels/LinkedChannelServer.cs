using Chirps.Iggy.Backend;
using Chirps.Iggy.Client;

namespace Chirps.Iggy.Channels;

/// <summary>The server that a node's backend has found, or will find: asked anew each time, for nodes learn late who hosts it, and it may move.</summary>
/// <param name="backends">Makes the node's backend, sooner or later.</param>
public sealed class LinkedChannelServer(IggyBackendFactory backends) : IChannelServer
{
    /// <inheritdoc/>
    public IggyClient? Client => backends.Link?.Client;

    /// <inheritdoc/>
    public string Stream => backends.Link?.Stream ?? "";

    /// <inheritdoc/>
    public ValueTask<int> PartitionsAsync(string channel, CancellationToken cancellationToken = default)
        => backends.Link?.PartitionsAsync(channel, cancellationToken) ?? throw IggyException.NotConnected("This node has no backend for durable messages.");

    /// <inheritdoc/>
    public void Forget(string channel) => backends.Link?.Forget(channel);
}
