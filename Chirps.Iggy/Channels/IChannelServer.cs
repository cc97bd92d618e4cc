using Chirps.Iggy.Client;

namespace Chirps.Iggy.Channels;

/// <summary>Where channels are stored.</summary>
public interface IChannelServer
{
    /// <summary>The client of the server; <see langword="null"/> while none is known.</summary>
    IggyClient? Client { get; }

    /// <summary>The Iggy stream whose topics are the channels.</summary>
    string Stream { get; }

    /// <summary>How many partitions a channel has, which is made when there is none.</summary>
    /// <exception cref="IggyException">There is no server, or it refused.</exception>
    ValueTask<int> PartitionsAsync(string channel, CancellationToken cancellationToken = default);

    /// <summary>Takes back what is known of a channel that turned out to be missing: it is made again when it is next asked for.</summary>
    void Forget(string channel);
}
