using System.Collections.Immutable;
using Chirps.Iggy.Protocol;
using Chirps.Iggy.Protocol.Requests;

namespace Chirps.Iggy.Embedded.Catalog;

/// <summary>Streams, topics, groups and tokens: unchanging; each change gives another state. Decides, and touches nothing.</summary>
internal sealed record CatalogState
{
    public ImmutableSortedDictionary<uint, StreamState> Streams { get; init; } = ImmutableSortedDictionary<uint, StreamState>.Empty;

    public ImmutableList<TokenState> Tokens { get; init; } = [];

    /// <summary>The <see cref="TopicState.Key"/> of the next topic.</summary>
    public ulong NextKey { get; init; }

    public StreamState? Find(in IggyIdentifier stream)
    {
        if (stream.Name is not { } name)
        {
            return Streams.GetValueOrDefault(stream.Number);
        }

        return Streams.Values.FirstOrDefault(candidate => candidate.Name == name);
    }

    public static TopicState? Find(StreamState? stream, in IggyIdentifier topic)
    {
        if (topic.Name is not { } name)
        {
            return stream?.Topics.GetValueOrDefault(topic.Number);
        }

        return stream?.Topics.Values.FirstOrDefault(candidate => candidate.Name == name);
    }

    public static GroupState? Find(TopicState? topic, in IggyIdentifier group)
    {
        if (group.Name is not { } name)
        {
            return topic?.Groups.GetValueOrDefault(group.Number);
        }

        return topic?.Groups.Values.FirstOrDefault(candidate => candidate.Name == name);
    }

    public CatalogChange AddStream(string name, ulong now) => Find(name) is not null
        ? Refuse(IggyStatus.StreamNameExists)
        : Put(new StreamState(FreeId(Streams.Keys), name, now, ImmutableSortedDictionary<uint, TopicState>.Empty));

    public CatalogChange RenameStream(in IggyIdentifier target, string name)
    {
        if (Find(target) is not { } stream)
        {
            return Refuse(IggyStatus.StreamNotFound);
        }

        return Find(name) is { } other && other.Id != stream.Id ? Refuse(IggyStatus.StreamNameExists) : Put(stream with { Name = name });
    }

    public CatalogChange RemoveStream(in IggyIdentifier target)
        => Find(target) is { } stream ? Accept(this with { Streams = Streams.Remove(stream.Id) }) : Refuse(IggyStatus.StreamNotFound);

    public CatalogChange AddTopic(CreateTopicRequest request, ulong now)
    {
        if (Find(request.Stream) is not { } stream)
        {
            return Refuse(IggyStatus.StreamNotFound);
        }

        if (request.Partitions > IggyLimits.PartitionsMax)
        {
            return Refuse(IggyStatus.TooManyPartitions);
        }

        if (Find(stream, request.Shape.Name) is not null)
        {
            return Refuse(IggyStatus.TopicNameExists);
        }

        var topic = new TopicState
        {
            Id = FreeId(stream.Topics.Keys),
            Key = NextKey,
            Name = request.Shape.Name,
            CreatedMicroseconds = now,
            Partitions = [.. Enumerable.Repeat(now, (int)request.Partitions)],
        };
        return (this with { NextKey = NextKey + 1 }).Put(stream, topic.With(request.Shape.Settings));
    }

    public CatalogChange UpdateTopic(UpdateTopicRequest request) => Change(request.Stream, request.Topic, (stream, topic) =>
        Find(stream, request.Shape.Name) is { } other && other.Id != topic.Id
            ? Refuse(IggyStatus.TopicNameExists)
            : Put(stream, (topic with { Name = request.Shape.Name }).With(request.Shape.Settings)));

    public CatalogChange RemoveTopic(TopicTarget target) => Change(target.Stream, target.Topic, (stream, topic) =>
        Put(stream with { Topics = stream.Topics.Remove(topic.Id) }));

    public CatalogChange AddPartitions(PartitionsRequest request, ulong now) => Change(request.Stream, request.Topic, (stream, topic) =>
        request.Partitions is 0 or > IggyLimits.PartitionsMax || topic.Partitions.Count + request.Partitions > IggyLimits.PartitionsMax
            ? Refuse(IggyStatus.TooManyPartitions)
            : Put(stream, topic with { Partitions = topic.Partitions.AddRange(Enumerable.Repeat(now, (int)request.Partitions)) }));

    public CatalogChange RemovePartitions(PartitionsRequest request) => Change(request.Stream, request.Topic, (stream, topic) =>
    {
        if (request.Partitions is 0 or > IggyLimits.PartitionsMax)
        {
            return Refuse(IggyStatus.TooManyPartitions);
        }

        var left = Math.Max(0, topic.Partitions.Count - (int)request.Partitions);
        return Put(stream, topic with { Partitions = topic.Partitions.RemoveRange(left, topic.Partitions.Count - left) });
    });

    public CatalogChange AddGroup(CreateGroupRequest request) => Change(request.Stream, request.Topic, (stream, topic) =>
    {
        if (Find(topic, request.Name) is not null)
        {
            return Refuse(IggyStatus.GroupNameExists);
        }

        var group = new GroupState(FreeId(topic.Groups.Keys), request.Name);
        return Put(stream, topic with { Groups = topic.Groups.Add(group.Id, group) });
    });

    public CatalogChange RemoveGroup(GroupTarget target) => Change(target.Stream, target.Topic, (stream, topic) =>
        Find(topic, target.Group) is { } group ? Put(stream, topic with { Groups = topic.Groups.Remove(group.Id) }) : Refuse(IggyStatus.GroupNotFound));

    public CatalogChange AddToken(TokenState token) => Tokens.Any(known => known.Name == token.Name)
        ? Refuse(IggyStatus.TokenExists)
        : Accept(this with { Tokens = Tokens.Add(token) });

    public CatalogChange RemoveToken(string name) => Tokens.Find(token => token.Name == name) is { } found
        ? Accept(this with { Tokens = Tokens.Remove(found) })
        : Refuse(IggyStatus.ResourceNotFound);

    private static CatalogChange Accept(CatalogState state) => new(IggyStatus.Ok, state);

    private static uint FreeId(IEnumerable<uint> taken)
    {
        var free = 0U;
        foreach (var id in taken)
        {
            if (id != free)
            {
                break;
            }

            free++;
        }

        return free;
    }

    private CatalogChange Refuse(IggyStatus status) => new(status, this);

    private CatalogChange Put(StreamState stream) => Accept(this with { Streams = Streams.SetItem(stream.Id, stream) });

    private CatalogChange Put(StreamState stream, TopicState topic) => Put(stream with { Topics = stream.Topics.SetItem(topic.Id, topic) });

    private CatalogChange Change(in IggyIdentifier streamId, in IggyIdentifier topicId, Func<StreamState, TopicState, CatalogChange> change)
    {
        if (Find(streamId) is not { } stream)
        {
            return Refuse(IggyStatus.StreamNotFound);
        }

        return Find(stream, topicId) is { } topic ? change(stream, topic) : Refuse(IggyStatus.TopicNotFound);
    }
}
