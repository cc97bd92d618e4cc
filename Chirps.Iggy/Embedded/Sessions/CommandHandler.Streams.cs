using Chirps.Iggy.Embedded.Catalog;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Records;
using Chirps.Iggy.Protocol.Requests;

namespace Chirps.Iggy.Embedded.Sessions;

/// <summary>Streams, topics, partitions.</summary>
internal sealed partial class CommandHandler
{
    private async ValueTask<IggyStatus> CreateStreamAsync(Request request)
    {
        if (!request.TryRead(out CreateStreamRequest create))
        {
            return IggyStatus.InvalidCommand;
        }

        var change = await Storage.ChangeAsync(catalog => catalog.AddStream(create.Name, Storage.Now())).ConfigureAwait(false);
        if (change.Status == IggyStatus.Ok)
        {
            request.Client.Dialect.Bodies.WriteStream(request.Reply, Describe(change.State.Find(create.Name)!));
        }

        return change.Status;
    }

    private async ValueTask<IggyStatus> UpdateStreamAsync(Request request)
        => request.TryRead(out UpdateStreamRequest update)
            ? (await Storage.ChangeAsync(catalog => catalog.RenameStream(update.Stream, update.Name)).ConfigureAwait(false)).Status
            : IggyStatus.InvalidCommand;

    private async ValueTask<IggyStatus> DeleteStreamAsync(Request request)
        => request.TryRead(out StreamTarget target)
            ? (await Storage.ChangeAsync(catalog => catalog.RemoveStream(target.Stream)).ConfigureAwait(false)).Status
            : IggyStatus.InvalidCommand;

    private async ValueTask<IggyStatus> PurgeStreamAsync(Request request)
    {
        if (!request.TryRead(out StreamTarget target))
        {
            return IggyStatus.InvalidCommand;
        }

        if (Storage.State.Find(target.Stream) is not { } stream)
        {
            return IggyStatus.StreamNotFound;
        }

        foreach (var topic in stream.Topics.Values)
        {
            await PurgeAsync(topic).ConfigureAwait(false);
        }

        return IggyStatus.Ok;
    }

    private IggyStatus GetStream(Request request)
    {
        if (!request.TryRead(out StreamTarget target))
        {
            return IggyStatus.InvalidCommand;
        }

        if (Storage.State.Find(target.Stream) is { } stream)
        {
            request.Client.Dialect.Bodies.WriteStream(request.Reply, Describe(stream));
            WriteTopics(request, stream);
        }

        return IggyStatus.Ok;
    }

    private IggyStatus GetStreams(Request request)
    {
        foreach (var stream in Storage.State.Streams.Values)
        {
            request.Client.Dialect.Bodies.WriteStream(request.Reply, Describe(stream));
        }

        return IggyStatus.Ok;
    }

    private async ValueTask<IggyStatus> CreateTopicAsync(Request request)
    {
        if (!request.TryRead(out CreateTopicRequest create))
        {
            return IggyStatus.InvalidCommand;
        }

        var change = await Storage.ChangeAsync(catalog => catalog.AddTopic(create, Storage.Now())).ConfigureAwait(false);
        if (change.Status == IggyStatus.Ok)
        {
            WriteTopic(request, CatalogState.Find(change.State.Find(create.Stream), create.Shape.Name)!);
        }

        return change.Status;
    }

    private async ValueTask<IggyStatus> UpdateTopicAsync(Request request)
        => request.TryRead(out UpdateTopicRequest update)
            ? (await Storage.ChangeAsync(catalog => catalog.UpdateTopic(update)).ConfigureAwait(false)).Status
            : IggyStatus.InvalidCommand;

    private async ValueTask<IggyStatus> DeleteTopicAsync(Request request)
        => request.TryRead(out TopicTarget target)
            ? (await Storage.ChangeAsync(catalog => catalog.RemoveTopic(target)).ConfigureAwait(false)).Status
            : IggyStatus.InvalidCommand;

    private async ValueTask<IggyStatus> PurgeTopicAsync(Request request)
    {
        if (!request.TryRead(out TopicTarget target))
        {
            return IggyStatus.InvalidCommand;
        }

        var status = TryFind(target.Stream, target.Topic, out _, out var topic, out _);
        if (status == IggyStatus.Ok)
        {
            await PurgeAsync(topic).ConfigureAwait(false);
        }

        return status;
    }

    private IggyStatus GetTopic(Request request)
    {
        if (!request.TryRead(out TopicTarget target))
        {
            return IggyStatus.InvalidCommand;
        }

        if (CatalogState.Find(Storage.State.Find(target.Stream), target.Topic) is { } topic)
        {
            WriteTopic(request, topic);
        }

        return IggyStatus.Ok;
    }

    private IggyStatus GetTopics(Request request)
    {
        if (!request.TryRead(out StreamTarget target))
        {
            return IggyStatus.InvalidCommand;
        }

        if (Storage.State.Find(target.Stream) is { } stream)
        {
            request.Client.Dialect.Bodies.WriteTopicCount(request.Reply, stream.Topics.Count);
            WriteTopics(request, stream);
        }

        return IggyStatus.Ok;
    }

    private async ValueTask<IggyStatus> CreatePartitionsAsync(Request request)
        => request.TryRead(out PartitionsRequest create)
            ? (await Storage.ChangeAsync(catalog => catalog.AddPartitions(create, Storage.Now())).ConfigureAwait(false)).Status
            : IggyStatus.InvalidCommand;

    private async ValueTask<IggyStatus> DeletePartitionsAsync(Request request)
        => request.TryRead(out PartitionsRequest delete)
            ? (await Storage.ChangeAsync(catalog => catalog.RemovePartitions(delete)).ConfigureAwait(false)).Status
            : IggyStatus.InvalidCommand;

    private async ValueTask<IggyStatus> DeleteSegmentsAsync(Request request)
    {
        if (!request.TryRead(out SegmentsRequest delete))
        {
            return IggyStatus.InvalidCommand;
        }

        var status = TryFind(delete.Stream, delete.Topic, delete.Partition, out var partition);
        if (status == IggyStatus.Ok)
        {
            await partition.Log.RemoveSegmentsAsync(delete.Segments).ConfigureAwait(false);
        }

        return status;
    }

    private async ValueTask<IggyStatus> FlushAsync(Request request)
    {
        if (!request.TryRead(out FlushRequest flush))
        {
            return IggyStatus.InvalidCommand;
        }

        var status = TryFind(flush.Stream, flush.Topic, flush.Partition, out var partition);
        if (status == IggyStatus.Ok && flush.Fsync)
        {
            await partition.Log.SyncAsync().ConfigureAwait(false);
        }

        return status;
    }

    private async Task PurgeAsync(TopicState topic)
    {
        foreach (var partition in Storage.Find(topic)?.Partitions ?? [])
        {
            await partition.Log.PurgeAsync().ConfigureAwait(false);
        }

        await Storage.Offsets.RemoveAsync(key => key.TopicKey == topic.Key).ConfigureAwait(false);
    }

    private IggyStatus TryFind(in IggyIdentifier streamId, in IggyIdentifier topicId, out StreamState stream, out TopicState topic, out ServerTopic open)
    {
        (topic, open) = (null!, null!);
        stream = Storage.State.Find(streamId)!;
        if (stream is null)
        {
            return IggyStatus.StreamNotFound;
        }

        if (CatalogState.Find(stream, topicId) is not { } found || Storage.Find(found) is not { } opened)
        {
            return IggyStatus.TopicNotFound;
        }

        (topic, open) = (found, opened);
        return IggyStatus.Ok;
    }

    private IggyStatus TryFind(in IggyIdentifier streamId, in IggyIdentifier topicId, uint partitionId, out ServerPartition partition)
    {
        var status = TryFind(streamId, topicId, out _, out _, out var open);
        partition = open?.Find(partitionId)!;
        return status == IggyStatus.Ok && partition is null ? IggyStatus.PartitionNotFound : status;
    }

    private StreamInfo Describe(StreamState stream)
    {
        var topics = stream.Topics.Values.Select(topic => Describe(topic)).ToArray();
        return new StreamInfo(stream.Id, stream.CreatedMicroseconds, (uint)topics.Length, Sum(topics, topic => topic.SizeBytes), Sum(topics, topic => topic.Messages), stream.Name);
    }

    private TopicInfo Describe(TopicState topic)
    {
        var open = Storage.Find(topic);
        var settings = new TopicSettings { Compression = topic.Compression, ExpiryMicroseconds = topic.ExpiryMicroseconds, SizeBytesMax = topic.SizeBytesMax, ReplicationFactor = 1 };
        return new TopicInfo(topic.Id, topic.CreatedMicroseconds, (uint)topic.Partitions.Count, settings, open?.SizeBytes ?? 0, open?.Messages ?? 0, topic.Name);
    }

    private static ulong Sum<T>(IEnumerable<T> items, Func<T, ulong> value) => items.Aggregate(0UL, (sum, item) => sum + value(item));

    private void WriteTopics(Request request, StreamState stream)
    {
        foreach (var topic in stream.Topics.Values)
        {
            request.Client.Dialect.Bodies.WriteTopicRecord(request.Reply, Describe(topic));
        }
    }

    private void WriteTopic(Request request, TopicState topic)
    {
        request.Client.Dialect.Bodies.WriteTopicRecord(request.Reply, Describe(topic));
        for (var index = 0; index < topic.Partitions.Count; index++)
        {
            var partition = Storage.Find(topic)?.Find((uint)index);
            (partition?.Describe(topic.Partitions[index]) ?? new PartitionInfo((uint)index, topic.Partitions[index], 0, 0, 0, 0)).Write(request.Reply);
        }
    }
}
