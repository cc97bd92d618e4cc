using Chirps.Iggy.Channels;
using Chirps.Iggy.Client;

namespace Chirps.Tests.Cluster;

/// <summary>A server of channels that is not known, until it is given, and may be taken away again.</summary>
internal sealed class SwitchedServer : IChannelServer
{
    private volatile ChannelServer? _present;

    public ChannelServer? Present
    {
        get => _present;
        set => _present = value;
    }

    public IggyClient? Client => _present?.Client;

    public string Stream => "s";

    public ValueTask<int> PartitionsAsync(string channel, CancellationToken cancellationToken = default)
        => _present?.PartitionsAsync(channel, cancellationToken) ?? throw IggyException.NotConnected("No server of durable messages is known.");

    public void Forget(string channel)
    {
        // Nothing is kept.
    }
}
