using Chirps.Iggy.Backend;
using Chirps.Iggy.Client;
using Chirps.Iggy.Protocol;

namespace Chirps.Iggy.Channels;

/// <summary>One known server.</summary>
/// <param name="client">Its client; belongs to the caller.</param>
/// <param name="stream">The Iggy stream whose topics are the channels.</param>
/// <param name="partitions">How many partitions new channels get.</param>
public sealed class ChannelServer(IggyClient client, string stream, int partitions = 4) : IChannelServer
{
    /// <inheritdoc/>
    public IggyClient Client { get; } = client;

    /// <inheritdoc/>
    public string Stream { get; } = stream;

    /// <inheritdoc/>
    public async ValueTask<int> PartitionsAsync(string channel, CancellationToken cancellationToken = default)
    {
        if (await Client.GetTopicAsync(Stream, channel, cancellationToken).ConfigureAwait(false) is { } topic)
        {
            return topic.Partitions.Count;
        }

        try
        {
            await Client.CreateStreamAsync(Stream, cancellationToken).ConfigureAwait(false);
        }
        catch (IggyException exception) when (exception.Status == IggyStatus.StreamNameExists)
        {
            // It is there, which is what was wanted.
        }

        var wanted = DurableChannels.PartitionsOf(channel, partitions);
        try
        {
            return (await Client.CreateTopicAsync(Stream, channel, wanted, null, cancellationToken).ConfigureAwait(false)).Partitions.Count;
        }
        catch (IggyException exception) when (exception.Status == IggyStatus.TopicNameExists)
        {
            return wanted;
        }
    }

    /// <inheritdoc/>
    public void Forget(string channel)
    {
        // Nothing is kept.
    }
}
