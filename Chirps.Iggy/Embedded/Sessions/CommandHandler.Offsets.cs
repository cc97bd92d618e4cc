using Chirps.Iggy.Embedded.Catalog;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Records;
using Chirps.Iggy.Protocol.Requests;

namespace Chirps.Iggy.Embedded.Sessions;

/// <summary>Where consumers stand.</summary>
internal sealed partial class CommandHandler
{
    private IggyStatus GetOffset(Request request)
    {
        if (!request.TryRead(out GetOffsetRequest get))
        {
            return IggyStatus.InvalidCommand;
        }

        // Nothing is answered for anything that does not exist; who is no member of a group may ask as well.
        var status = TryFind(get.Stream, get.Topic, out _, out var topic, out var open);
        if (status == IggyStatus.Ok
            && TryKey(request.Client, topic, open, get.Consumer, get.Partition, takesTurn: false, out var place) is IggyStatus.Ok or IggyStatus.NotAMember or IggyStatus.PartitionNotOwned
            && place.Partition is { } partition
            && Storage.Offsets.Find(place.Key) is { } stored)
        {
            new OffsetInfo(partition.Id, partition.CurrentOffset, stored).Write(request.Reply);
        }

        return IggyStatus.Ok;
    }

    private async ValueTask<IggyStatus> StoreOffsetAsync(Request request)
    {
        if (!request.TryRead(out StoreOffsetRequest store))
        {
            return IggyStatus.InvalidCommand;
        }

        var status = TryPlace(request.Client, store.Stream, store.Topic, store.Consumer, store.Partition, takesTurn: false, out var place);
        if (status != IggyStatus.Ok)
        {
            return status;
        }

        if (store.Offset >= place.Partition.Log.NextOffset)
        {
            return IggyStatus.InvalidOffset;
        }

        await Storage.Offsets.StoreAsync(place.Key, store.Offset).ConfigureAwait(false);
        return IggyStatus.Ok;
    }

    private async ValueTask<IggyStatus> DeleteOffsetAsync(Request request)
    {
        if (!request.TryRead(out DeleteOffsetRequest delete))
        {
            return IggyStatus.InvalidCommand;
        }

        var status = TryPlace(request.Client, delete.Stream, delete.Topic, delete.Consumer, delete.Partition, takesTurn: false, out var place);
        if (status != IggyStatus.Ok)
        {
            return status;
        }

        if (Storage.Offsets.Remove(place.Key) is not { } removal)
        {
            return IggyStatus.ConsumerOffsetNotFound;
        }

        await removal.ConfigureAwait(false);
        return IggyStatus.Ok;
    }

    private IggyStatus TryPlace(ClientSession client, in IggyIdentifier streamId, in IggyIdentifier topicId, IggyConsumer consumer, uint? named, bool takesTurn, out OffsetPlace place)
    {
        place = default;
        var status = TryFind(streamId, topicId, out _, out var topic, out var open);
        return status == IggyStatus.Ok ? TryKey(client, topic, open, consumer, named, takesTurn, out place) : status;
    }

    /// <summary>Finds the partition that is meant, and under what its offset is kept.</summary>
    private static IggyStatus TryKey(ClientSession client, TopicState topic, ServerTopic open, IggyConsumer consumer, uint? named, bool takesTurn, out OffsetPlace place)
    {
        place = default;
        if (!consumer.IsGroup)
        {
            return Place(topic, open, consumer, named ?? 0, IggyStatus.Ok, out place);
        }

        if (CatalogState.Find(topic, consumer.Id) is not { } group)
        {
            return IggyStatus.GroupNotFound;
        }

        var (chosen, status) = open.With(group, members => Choose(members, client.Id, named, takesTurn));
        return Place(topic, open, IggyConsumer.Group(group.Id), chosen, status, out place);
    }

    private static (uint Partition, IggyStatus Status) Choose(GroupMembers members, uint client, uint? named, bool takesTurn)
    {
        var owned = members.PartitionsOf(client);
        if (!members.Contains(client))
        {
            return (named ?? 0, IggyStatus.NotAMember);
        }

        if (named is { } partition)
        {
            return (partition, owned.Contains(partition) ? IggyStatus.Ok : IggyStatus.PartitionNotOwned);
        }

        var next = takesTurn ? members.NextPartition(client) : owned.Count > 0 ? owned[0] : null;
        return (next ?? 0, next is null ? IggyStatus.PartitionNotOwned : IggyStatus.Ok);
    }

    private static IggyStatus Place(TopicState topic, ServerTopic open, IggyConsumer consumer, uint partitionId, IggyStatus status, out OffsetPlace place)
    {
        var partition = open.Find(partitionId);
        place = partition is null ? default : new OffsetPlace(partition, new OffsetKey(topic.Key, partitionId, consumer));
        return partition is null && status == IggyStatus.Ok ? IggyStatus.PartitionNotFound : status;
    }

    private readonly record struct OffsetPlace(ServerPartition Partition, OffsetKey Key);
}
